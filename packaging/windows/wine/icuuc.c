/* For tests under Wine only: Windows 10 has an icuuc.dll that Qt loads, Wine 8 has none.
   No converter can be opened here; Qt then has those it brings along (UTF-8, UTF-16, UTF-32, Latin-1). */

#define API __declspec(dllexport)

typedef int Error;
enum { UNSUPPORTED = 16 };

static void refuse(Error *error) {
    if (error)
        *error = UNSUPPORTED;
}

API void *ucnv_open(const char *name, Error *error) { (void)name; refuse(error); return 0; }
API void ucnv_close(void *it) { (void)it; }
API void ucnv_reset(void *it) { (void)it; }
API signed char ucnv_getMaxCharSize(const void *it) { (void)it; return 1; }
API const char *ucnv_getName(const void *it, Error *error) { (void)it; refuse(error); return 0; }
API void ucnv_getToUCallBack(const void *it, void **action, const void **context) { (void)it; (void)action; (void)context; }
API void ucnv_getFromUCallBack(const void *it, void **action, const void **context) { (void)it; (void)action; (void)context; }
API void ucnv_setToUCallBack(void *it, void *action, const void *context, void **old, const void **was, Error *error) {
    (void)it; (void)action; (void)context; (void)old; (void)was; refuse(error);
}
API void ucnv_setFromUCallBack(void *it, void *action, const void *context, void **old, const void **was, Error *error) {
    (void)it; (void)action; (void)context; (void)old; (void)was; refuse(error);
}
API void UCNV_FROM_U_CALLBACK_SUBSTITUTE(void) {}
API void UCNV_TO_U_CALLBACK_SUBSTITUTE(void) {}
API void ucnv_cbToUWriteUChars(void *it, const void *text, int length, int offset, Error *error) {
    (void)it; (void)text; (void)length; (void)offset; refuse(error);
}
API void ucnv_cbFromUWriteUChars(void *it, const void **text, const void *end, int offset, Error *error) {
    (void)it; (void)text; (void)end; (void)offset; refuse(error);
}
API void ucnv_toUnicode(void *it, void **to, const void *to_end, const char **from, const char *from_end, int *offsets,
                        signed char flush, Error *error) {
    (void)it; (void)to; (void)to_end; (void)from; (void)from_end; (void)offsets; (void)flush; refuse(error);
}
API void ucnv_fromUnicode(void *it, char **to, const char *to_end, const void **from, const void *from_end, int *offsets,
                          signed char flush, Error *error) {
    (void)it; (void)to; (void)to_end; (void)from; (void)from_end; (void)offsets; (void)flush; refuse(error);
}
API int ucnv_toUCountPending(const void *it, Error *error) { (void)it; refuse(error); return 0; }
API int ucnv_fromUCountPending(const void *it, Error *error) { (void)it; refuse(error); return 0; }
API const char *ucnv_getStandardName(const char *name, const char *standard, Error *error) {
    (void)name; (void)standard; refuse(error); return 0;
}
API const char *ucnv_getAvailableName(int number) { (void)number; return 0; }
API int ucnv_countAvailable(void) { return 0; }
