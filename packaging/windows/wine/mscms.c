/* For tests under Wine only: Wine 8 stops in WcsCreateIccProfile, with which Qt asks for the screen's colours. */

#define API __declspec(dllexport)

API void *OpenColorProfileW(void *profile, unsigned access, unsigned share, unsigned mode) {
    (void)profile; (void)access; (void)share; (void)mode; return 0;
}
API int CloseColorProfile(void *profile) { (void)profile; return 0; }
API int GetColorProfileFromHandle(void *profile, void *buffer, unsigned *size) {
    (void)profile; (void)buffer; (void)size; return 0;
}
API void *WcsCreateIccProfile(void *profile, unsigned options) { (void)profile; (void)options; return 0; }
