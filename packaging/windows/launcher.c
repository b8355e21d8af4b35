/* maintenance-desktop.exe and maintenance-cli.exe: `python -m MODULE ARGUMENTS` inside this very process,
   so that Task Manager, the task bar and firewalls see our program and not "Python". */

#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#define LONGEST_PATH 32768
#define RUNTIME L"\\program\\runtime\\python313.dll"

typedef int (*Python)(int, wchar_t **);

enum { UNHANDLED_ERROR = 1, NO_RUNTIME = 98 };

static wchar_t path[LONGEST_PATH + sizeof RUNTIME];

static void say(const wchar_t *sentence) {
#ifdef HAS_WINDOWS
    /* Who started us with a place for errors reads them there; a box would stop a script */
    if (GetStdHandle(STD_ERROR_HANDLE) == NULL)
        MessageBoxW(NULL, sentence, L"Maintenance Desktop", MB_ICONERROR | MB_OK);
#else
    fwprintf(stderr, L"%ls\n", sentence);
#endif
}

static Python load_python(void) {
    DWORD length = GetModuleFileNameW(NULL, path, LONGEST_PATH);
    if (length == 0 || length >= LONGEST_PATH)
        return NULL;
    wcscpy(wcsrchr(path, L'\\'), RUNTIME);
    /* No DLL that somebody put into the working folder */
    SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_DEFAULT_DIRS);
    HMODULE runtime =
        LoadLibraryExW(path, NULL, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS);
    return runtime ? (Python)(void *)GetProcAddress(runtime, "Py_Main") : NULL;
}

int wmain(int count, wchar_t **words) {
    Python python = load_python();
    if (python == NULL) {
        say(L"A part of Maintenance Desktop is missing or damaged. Please install it again.\n\n"
            L"What you saved is kept in another place.");
        return NO_RUNTIME;
    }
    const wchar_t *before[] = {words[0], L"-I", L"-X", L"utf8", L"-m", MODULE};
    const int own = sizeof before / sizeof *before;
    wchar_t **all = calloc(own + count, sizeof *all);
    memcpy(all, before, sizeof before);
    memcpy(all + own, words + 1, (count - 1) * sizeof *words);
    int code = python(own + count - 1, all);
#ifdef HAS_WINDOWS
    if (code == UNHANDLED_ERROR)
        say(L"Maintenance Desktop has stopped. What you saved is kept.\n\n"
            L"If this happens again, please install it again, or give your IT the log in\n"
            L"%LOCALAPPDATA%\\maintenance-desktop\\logs.");
#endif
    return code;
}
