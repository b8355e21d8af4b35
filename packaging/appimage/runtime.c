/* The first part of the AppImage: mounts the file system that follows it in the same file, and starts AppRun there.

   Written for this project after the specification of AppImage type 2. Mounting is done by libfuse, reading by
   libsquashfuse. Where nothing can be mounted, the files are put into a temporary folder for as long as the program
   runs: slower, but it starts. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <squashfuse/ll.h>

static const char HELP[] =
    "Options of the AppImage itself; all others go to the program:\n"
    "  --appimage-extract           put the files into ./squashfs-root\n"
    "  --appimage-extract-and-run   run from a temporary folder, without FUSE\n"
    "  --appimage-mount             mount the files until this is ended, and print where\n"
    "  --appimage-offset            print where the file system begins\n"
    "  --appimage-version           print the kind of this AppImage\n"
    "  --appimage-help              print this\n";

/* libsquashfuse can read LZO too, by a library under the GPL. Our file system is never LZO. */
int lzo1x_decompress_safe(void) { return -1; }

static char own_file[PATH_MAX];
static char folder[PATH_MAX];
static sqfs_ll_chan channel;

static void fail(const char *what) {
    fprintf(stderr, "%s: %s: %s\n", own_file, what, strerror(errno));
    exit(127);
}

/* The file system begins where the program ends: behind its table of sections. */
static size_t find_offset(void) {
    Elf64_Ehdr head;
    int file = open(own_file, O_RDONLY | O_CLOEXEC);
    if (file < 0 || read(file, &head, sizeof head) != sizeof head) fail("cannot be read");
    close(file);
    return head.e_shoff + (size_t)head.e_shentsize * head.e_shnum;
}

static void make_folder(void) {
    const char *place = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/.mount_XXXXXX", place && *place ? place : "/tmp");
    if (!mkdtemp(folder)) fail("no temporary folder can be made");
}

/* --- in a temporary folder --------------------------------------------------------------------------------- */

static void write_file(sqfs *fs, sqfs_inode *inode, const char *path) {
    static char buffer[1 << 18];
    sqfs_off_t size = sizeof buffer, done = 0;
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, inode->base.mode & 0777);
    if (file < 0) fail(path);
    while (size > 0) {
        size = sizeof buffer;
        if (sqfs_read_range(fs, inode, done, &size, buffer)) fail("is damaged");
        for (sqfs_off_t put = 0; put < size;) {
            ssize_t now = write(file, buffer + put, size - put);
            if (now < 0) fail(path);
            put += now;
        }
        done += size;
    }
    if (close(file)) fail(path);
}

static void write_link(sqfs *fs, sqfs_inode *inode, const char *path) {
    char target[PATH_MAX];
    size_t size = sizeof target;
    if (sqfs_readlink(fs, inode, target, &size)) fail("is damaged");
    if (symlink(target, path)) fail(path);
}

static void extract_to(const char *place, size_t offset) {
    char path[PATH_MAX];
    sqfs fs;
    sqfs_traverse walk;
    sqfs_err error = SQFS_OK;
    if (sqfs_open_image(&fs, own_file, offset)) exit(127);
    if (sqfs_traverse_open(&walk, &fs, sqfs_inode_root(&fs))) fail("is damaged");
    while (sqfs_traverse_next(&walk, &error)) {
        sqfs_inode inode;
        if (walk.dir_end) continue;
        if (snprintf(path, sizeof path, "%s/%s", place, walk.path) >= (int)sizeof path) fail("path too long");
        if (sqfs_inode_get(&fs, &inode, sqfs_dentry_inode(&walk.entry))) fail("is damaged");
        mode_t kind = inode.base.mode & S_IFMT;
        if (kind == S_IFDIR && mkdir(path, 0755)) fail(path);
        if (kind == S_IFREG) write_file(&fs, &inode, path);
        if (kind == S_IFLNK) write_link(&fs, &inode, path);
    }
    if (error) fail("is damaged");
    sqfs_traverse_close(&walk);
    sqfs_fd_close(fs.fd);
    sqfs_destroy(&fs);
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *where) {
    (void)about, (void)kind, (void)where;
    return remove(path);
}

/* --- mounted ------------------------------------------------------------------------------------------------ */

static const struct fuse_lowlevel_ops OPERATIONS = {
    .getattr = sqfs_ll_op_getattr,
    .opendir = sqfs_ll_op_opendir,
    .releasedir = sqfs_ll_op_releasedir,
    .readdir = sqfs_ll_op_readdir,
    .lookup = sqfs_ll_op_lookup,
    .open = sqfs_ll_op_open,
    .create = sqfs_ll_op_create,
    .release = sqfs_ll_op_release,
    .read = sqfs_ll_op_read,
    .readlink = sqfs_ll_op_readlink,
    .listxattr = sqfs_ll_op_listxattr,
    .getxattr = sqfs_ll_op_getxattr,
    .forget = sqfs_ll_op_forget,
    .statfs = stfs_ll_op_statfs,
};

/* The program and whatever it started hold the other end of this pipe: when the last one ends, it is closed. */
static void *unmount_after_the_program(void *pipe_end) {
    char nothing;
    while (read(*(int *)pipe_end, &nothing, 1) < 0 && errno == EINTR) continue;
    fuse_session_unmount(channel.session);
    rmdir(folder);
    _exit(0);
}

/* Serve the file system from a process of its own, which has no terminal and no parent that waits for it. */
static void serve(size_t offset, int program_lives, int ready) {
    char *words[] = {"maintenance-desktop", "-oro,nosuid,nodev,fsname=maintenance-desktop.AppImage", NULL};
    struct fuse_args arguments = FUSE_ARGS_INIT(2, words);
    struct fuse_lowlevel_ops operations = OPERATIONS;
    pthread_t watcher;
    int nowhere = open("/dev/null", O_RDWR);
    setsid();
    for (int standard = 0; standard < 3; standard++) dup2(nowhere, standard);
    sqfs_ll *files = sqfs_ll_open(own_file, offset);
    if (!files || sqfs_ll_mount(&channel, folder, &arguments, &operations, sizeof operations, files)) _exit(1);
    if (pthread_create(&watcher, NULL, unmount_after_the_program, &program_lives)) _exit(1);
    if (write(ready, "!", 1) != 1) _exit(1);
    close(ready);
    fuse_session_loop(channel.session);
    pause(); /* the watcher ends this process */
    _exit(0);
}

/* True when the files are in `folder`. The pipe stays open in this process and in the program that it becomes. */
static bool mount_files(size_t offset) {
    int lives[2], ready[2];
    char sign;
    if (pipe(lives) || pipe2(ready, O_CLOEXEC)) fail("no pipe can be made");
    pid_t between = fork();
    if (between < 0) fail("no process can be started");
    if (between == 0) {
        if (fork() == 0) {
            close(lives[1]);
            close(ready[0]);
            serve(offset, lives[0], ready[1]);
        }
        _exit(0);
    }
    waitpid(between, NULL, 0);
    close(lives[0]);
    close(ready[1]);
    bool is_mounted = read(ready[0], &sign, 1) == 1;
    close(ready[0]);
    return is_mounted;
}

/* --- the program -------------------------------------------------------------------------------------------- */

static void become_program(char **arguments) {
    char start[PATH_MAX + 8], here[PATH_MAX];
    setenv("APPIMAGE", own_file, 1);
    setenv("APPDIR", folder, 1);
    setenv("ARGV0", arguments[0], 1);
    if (getcwd(here, sizeof here)) setenv("OWD", here, 1);
    snprintf(start, sizeof start, "%s/AppRun", folder);
    execv(start, arguments);
    fail("AppRun cannot be started");
}

static int run_extracted(size_t offset, char **arguments) {
    int status = 127 << 8;
    extract_to(folder, offset);
    pid_t program = fork();
    if (program < 0) fail("no process can be started");
    if (program == 0) become_program(arguments);
    while (waitpid(program, &status, 0) < 0 && errno == EINTR) continue;
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int count, char **arguments) {
    const char *first = count > 1 ? arguments[1] : "";
    bool without_mount = getenv("APPIMAGE_EXTRACT_AND_RUN") != NULL;
    if (!realpath("/proc/self/exe", own_file)) fail("cannot find itself");
    size_t offset = find_offset();
    if (!strcmp(first, "--appimage-help")) return fputs(HELP, stdout) < 0;
    if (!strcmp(first, "--appimage-version")) return puts("AppImage type 2, maintenance-desktop's own runtime") < 0;
    if (!strcmp(first, "--appimage-offset")) return printf("%zu\n", offset) < 0;
    if (!strcmp(first, "--appimage-extract")) {
        if (mkdir("squashfs-root", 0755)) fail("squashfs-root");
        extract_to("squashfs-root", offset);
        return 0;
    }
    if (!strcmp(first, "--appimage-extract-and-run")) {
        without_mount = true;
        arguments[1] = arguments[0];
        arguments++;
    }
    make_folder();
    if (!without_mount && mount_files(offset)) {
        if (strcmp(first, "--appimage-mount")) become_program(arguments);
        puts(folder);
        fflush(stdout);
        pause();
    }
    if (!strcmp(first, "--appimage-mount")) fail("cannot be mounted (is fuse3 installed?)");
    return run_extracted(offset, arguments);
}
