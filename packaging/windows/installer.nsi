; setup.exe. The facts of a build come from facts.nsh, the list of its files from files.nsh; both are made
; by installer.py, and so are the pictures.
;
; Switches: /S (ask nothing)  /CurrentUser  /AllUsers  /DesktopIcon  /Downgrade  /D=FOLDER (the last one)
; Exit codes beyond those of NSIS (0 done, 1 cancelled, 2 given up); uninstall.exe has 5 and 6 of them:
!define TOO_OLD_WINDOWS 3
!define NOT_WRITTEN 4
!define STILL_RUNNING 5
!define NEEDS_ADMINISTRATOR 6
!define OLDER_THAN_INSTALLED 7

Unicode true
Target amd64-unicode
ManifestDPIAware true
ManifestSupportedOS Win10
RequestExecutionLevel user      ; no question by Windows, unless it shall be for all users
!include facts.nsh

!define KEY "Software\maintenance-desktop"
!define APPS_ENTRY "Software\Microsoft\Windows\CurrentVersion\Uninstall\maintenance-desktop"
!define PROGRAM "maintenance-desktop.exe"
!define CLI "maintenance-cli.exe"
!define MARKER "installation.ini"
!define WORK "$LOCALAPPDATA\maintenance-desktop"

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include WinVer.nsh
!include WordFunc.nsh

Name "${TITLE}"
Caption "$(WINDOW_TITLE)"
BrandingText "${TITLE} ${VERSION}"
OutFile "${OUT}"
AllowSkipFiles off
ShowInstDetails nevershow
ShowUninstDetails nevershow
!finalize '"${SIGN}" "%1"'
!uninstfinalize '"${SIGN}" "%1"'

VIProductVersion "${NUMBERS}"
VIFileVersion "${NUMBERS}"
VIAddVersionKey ProductName "${TITLE}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "${TITLE} setup"
VIAddVersionKey CompanyName "${PUBLISHER}"
VIAddVersionKey LegalCopyright "${COPYRIGHT}"
VIAddVersionKey OriginalFilename "${FILE}"

Var Mode            ; "user" or "machine"
Var Installed       ; the numbers of the version that is there; empty when there is none
Var InstalledIn     ; its folder
Var GivenFolder     ; that of /D=
Var Parameters
Var Failure         ; the exit code if this does not end well
Var WithIcon
Var ForUser         ; controls of the pages
Var ForMachine
Var DesktopIcon
Var AlsoWork

; ------------------------------------------------------------------ pages

!define MUI_ICON "program.ico"
!define MUI_UNICON "program.ico"
!define MUI_HEADERIMAGE
!define MUI_HEADERIMAGE_RIGHT
!define MUI_HEADERIMAGE_BITMAP "header-100.bmp"
!define MUI_HEADERIMAGE_BITMAP_STRETCH AspectFitHeight
!define MUI_HEADERIMAGE_UNBITMAP "header-100.bmp"
!define MUI_HEADERIMAGE_UNBITMAP_STRETCH AspectFitHeight
!define MUI_WELCOMEFINISHPAGE_BITMAP "side-100.bmp"
!define MUI_WELCOMEFINISHPAGE_BITMAP_STRETCH AspectFitHeight
!define MUI_UNWELCOMEFINISHPAGE_BITMAP "side-100.bmp"
!define MUI_UNWELCOMEFINISHPAGE_BITMAP_STRETCH AspectFitHeight
!define MUI_CUSTOMFUNCTION_GUIINIT TakeSharpPictures
!define MUI_CUSTOMFUNCTION_UNGUIINIT un.TakeSharpPictures
!define MUI_ABORTWARNING

!define MUI_WELCOMEPAGE_TITLE "$(WELCOME_TITLE)"
!define MUI_WELCOMEPAGE_TEXT "$(WELCOME_TEXT)"
!define MUI_PAGE_CUSTOMFUNCTION_PRE GreetByWhatIsThere
!define MUI_PAGE_CUSTOMFUNCTION_SHOW NameTheButton
!insertmacro MUI_PAGE_WELCOME
!define MUI_PAGE_CUSTOMFUNCTION_PRE SkipWhenInstalled
!define MUI_LICENSEPAGE_TEXT_BOTTOM "$(LICENCE_TEXT)"
!define MUI_LICENSEPAGE_BUTTON "$(^NextBtn)"
!insertmacro MUI_PAGE_LICENSE "licence.txt"
Page custom ShowChoices LeaveChoices
!define MUI_PAGE_CUSTOMFUNCTION_PRE SkipWhenInstalled
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_TITLE "$(DONE_TITLE)"
!define MUI_FINISHPAGE_TEXT "$(DONE_TEXT)"
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_TEXT "$(START_NOW)"
!define MUI_FINISHPAGE_RUN_FUNCTION StartProgram
!insertmacro MUI_PAGE_FINISH

UninstPage custom un.ShowWork un.LeaveWork
!insertmacro MUI_UNPAGE_INSTFILES
!define MUI_FINISHPAGE_TITLE "$(REMOVED_TITLE)"
!define MUI_FINISHPAGE_TEXT "$(REMOVED_TEXT)"
!insertmacro MUI_UNPAGE_FINISH

!insertmacro MUI_LANGUAGE English
!insertmacro MUI_LANGUAGE German
!include texts.nsh

; ------------------------------------------------------------------ what both have

!macro TAKE_PICTURES percent
  File "/oname=$PLUGINSDIR\modern-wizard.bmp" "side-${percent}.bmp"
  File "/oname=$PLUGINSDIR\modern-header.bmp" "header-${percent}.bmp"
  SetBrandingImage /IMGID=1046 /RESIZETOFIT "$PLUGINSDIR\modern-header.bmp"
!macroend

!macro SHARED un

; Whether this may write for all users.
Function ${un}HasRights
  UserInfo::GetAccountType
  Pop $0
FunctionEnd

; Ends with STILL_RUNNING and nothing touched while a program in $0 runs; asks where there is somebody.
Function ${un}WaitUntilClosed
  ${Do}
    ClearErrors
    ; Windows lets nobody write to a program that runs
    ${If} ${FileExists} "$0\${PROGRAM}"
      FileOpen $1 "$0\${PROGRAM}" a
      FileClose $1
    ${EndIf}
    ${If} ${FileExists} "$0\${CLI}"
      FileOpen $1 "$0\${CLI}" a
      FileClose $1
    ${EndIf}
    ${IfNot} ${Errors}
      ${Break}
    ${EndIf}
    ${If} ${Silent}
    ${OrIf} ${Cmd} `MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(CLOSE_IT)" IDCANCEL`
      StrCpy $Failure ${STILL_RUNNING}
      SetErrorLevel ${STILL_RUNNING}
      Abort "$(CLOSE_IT)"
    ${EndIf}
  ${Loop}
FunctionEnd

; Windows would make the pictures larger by repeating points, where the screen has more of them.
Function ${un}TakeSharpPictures
  System::Call "user32::GetDpiForSystem() i .r0"
  ${If} $0 >= 168
    !insertmacro TAKE_PICTURES 200
  ${ElseIf} $0 >= 132
    !insertmacro TAKE_PICTURES 150
  ${ElseIf} $0 >= 108
    !insertmacro TAKE_PICTURES 125
  ${EndIf}
FunctionEnd

; Removes the program, and nothing else, from the folder $0.
Function ${un}RemoveProgram
  RMDir /r "$0\program"
  RMDir /r "$0\program.new"
  RMDir /r "$0\program.old"
  Delete "$0\${PROGRAM}"
  Delete "$0\${CLI}"
  Delete "$0\${MARKER}"
  Delete "$0\uninstall.exe"
  RMDir "$0"
FunctionEnd

!macroend
!insertmacro SHARED ""
!insertmacro SHARED "un."

; ------------------------------------------------------------------ before the pages

Function .onInit
  SetRegView 64
  ${IfNot} ${AtLeastWin10}
    MessageBox MB_OK|MB_ICONSTOP "$(TOO_OLD)" /SD IDOK
    SetErrorLevel ${TOO_OLD_WINDOWS}
    Quit
  ${EndIf}
  StrCpy $Failure ${NOT_WRITTEN}
  StrCpy $GivenFolder $INSTDIR
  ${GetParameters} $Parameters
  Call ChooseMode
  Call ReadWhatIsThere
  Call RefuseDowngrade
FunctionEnd

; For whom: as told, else as it is installed, else for this user alone.
Function ChooseMode
  StrCpy $Mode "user"
  ReadRegStr $0 HKCU "${KEY}" "InstallDir"
  ReadRegStr $1 HKLM "${KEY}" "InstallDir"
  ${IfNot} ${FileExists} "$0\${PROGRAM}"
  ${AndIf} ${FileExists} "$1\${PROGRAM}"
    StrCpy $Mode "machine"
  ${EndIf}
  ClearErrors
  ${GetOptions} $Parameters "/CurrentUser" $0
  ${IfNot} ${Errors}
    StrCpy $Mode "user"
  ${EndIf}
  ClearErrors
  ${GetOptions} $Parameters "/AllUsers" $0
  ${IfNot} ${Errors}
    StrCpy $Mode "machine"
  ${EndIf}
  Call HasRights
  ${If} $Mode == "machine"
  ${AndIf} $0 != "Admin"
    ${IfNot} ${Silent}
      Call StartAsAdministrator
    ${EndIf}
    SetErrorLevel ${NEEDS_ADMINISTRATOR}
    Quit
  ${EndIf}
FunctionEnd

; Starts this again with the rights of an administrator and ends; comes back when the person says no.
Function StartAsAdministrator
  ClearErrors
  ExecShell "runas" "$EXEPATH" "/AllUsers $Parameters"
  ${IfNot} ${Errors}
    SetErrorLevel 0
    Quit
  ${EndIf}
FunctionEnd

; Sets everything that depends on $Mode.
Function ReadWhatIsThere
  ${If} $Mode == "machine"
    SetShellVarContext all
    StrCpy $INSTDIR "$PROGRAMFILES64\${TITLE}"
  ${Else}
    SetShellVarContext current
    StrCpy $INSTDIR "$LOCALAPPDATA\Programs\${TITLE}"
  ${EndIf}
  ReadRegStr $Installed SHCTX "${KEY}" "Numbers"
  ReadRegStr $InstalledIn SHCTX "${KEY}" "InstallDir"
  ${IfNot} ${FileExists} "$InstalledIn\${PROGRAM}"
    StrCpy $Installed ""
    StrCpy $InstalledIn ""
  ${EndIf}
  ${If} $InstalledIn != ""
    StrCpy $INSTDIR $InstalledIn
  ${EndIf}
  ${If} $GivenFolder != ""
    StrCpy $INSTDIR $GivenFolder
  ${EndIf}
  StrCpy $WithIcon ${BST_UNCHECKED}
  ClearErrors
  ${GetOptions} $Parameters "/DesktopIcon" $0
  ${IfNot} ${Errors}
  ${OrIf} ${FileExists} "$DESKTOP\${TITLE}.lnk"
    StrCpy $WithIcon ${BST_CHECKED}
  ${EndIf}
FunctionEnd

; An older program cannot open what a newer one has written; it says so itself, and it is of no use to anybody.
Function RefuseDowngrade
  ${If} $Installed == ""
    Return
  ${EndIf}
  ${VersionCompare} "${NUMBERS}" $Installed $0
  ClearErrors
  ${GetOptions} $Parameters "/Downgrade" $1
  ${If} $0 != 2
  ${OrIfNot} ${Errors}
    Return
  ${EndIf}
  ${If} ${Silent}
  ${OrIf} ${Cmd} `MessageBox MB_YESNO|MB_DEFBUTTON2|MB_ICONEXCLAMATION "$(OLDER)" IDNO`
    SetErrorLevel ${OLDER_THAN_INSTALLED}
    Quit
  ${EndIf}
FunctionEnd

; ------------------------------------------------------------------ the pages

Function GreetByWhatIsThere
  ${If} $Installed != ""
    StrCpy $8 "$(UPDATE_TITLE)"
    StrCpy $9 "$(UPDATE_TEXT)"
  ${Else}
    StrCpy $8 "$(INSTALL_TITLE)"
    StrCpy $9 "$(INSTALL_TEXT)"
  ${EndIf}
FunctionEnd

; An update begins with the click on this page.
Function NameTheButton
  ${If} $Installed != ""
    GetDlgItem $0 $HWNDPARENT 1
    SendMessage $0 ${WM_SETTEXT} 0 "STR:$(UPDATE_NOW)"
  ${EndIf}
FunctionEnd

Function SkipWhenInstalled
  ${If} $Installed != ""
    Abort
  ${EndIf}
FunctionEnd

Function ShowChoices
  Call SkipWhenInstalled
  !insertmacro MUI_HEADER_TEXT "$(CHOICES_TITLE)" "$(CHOICES_TEXT)"
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateRadioButton} 0 4u 100% 12u "$(FOR_ME)"
  Pop $ForUser
  ${NSD_CreateLabel} 12u 17u 95% 10u "$(FOR_ME_TEXT)"
  Pop $0
  ${NSD_CreateRadioButton} 0 36u 100% 12u "$(FOR_ALL)"
  Pop $ForMachine
  ${NSD_CreateLabel} 12u 49u 95% 10u "$(FOR_ALL_TEXT)"
  Pop $0
  ${NSD_CreateCheckBox} 0 80u 100% 12u "$(DESKTOP_ICON)"
  Pop $DesktopIcon
  ${If} $Mode == "machine"
    ${NSD_Check} $ForMachine
  ${Else}
    ${NSD_Check} $ForUser
  ${EndIf}
  ${NSD_SetState} $DesktopIcon $WithIcon
  nsDialogs::Show
FunctionEnd

Function LeaveChoices
  ${NSD_GetState} $ForMachine $0
  ${If} $0 == ${BST_CHECKED}
    Call HasRights
    ${If} $0 != "Admin"
      Call StartAsAdministrator
      Abort
    ${EndIf}
    StrCpy $1 "machine"
  ${Else}
    StrCpy $1 "user"
  ${EndIf}
  ${NSD_GetState} $DesktopIcon $2
  ${If} $1 != $Mode
    StrCpy $Mode $1
    Call ReadWhatIsThere
    Call RefuseDowngrade
  ${EndIf}
  StrCpy $WithIcon $2
FunctionEnd

Function StartProgram
  ; By Explorer, because this may have an administrator's rights, which the program must not get
  Exec '"$WINDIR\explorer.exe" "$INSTDIR\${PROGRAM}"'
FunctionEnd

; ------------------------------------------------------------------ the work

Section
  StrCpy $0 $INSTDIR
  Call WaitUntilClosed
  ${If} $InstalledIn != ""
    StrCpy $0 $InstalledIn
    Call WaitUntilClosed
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\program\*.*"
  ${AndIfNot} ${FileExists} "$INSTDIR\program\app\maintenance_desktop\*.*"
    MessageBox MB_OK|MB_ICONSTOP "$(FOREIGN)" /SD IDOK
    Abort "$(FOREIGN)"
  ${EndIf}

  DetailPrint "$(COPYING)"
  SetDetailsPrint none
  ; All of the new program is on the disk before anything of the old one goes
  RMDir /r "$INSTDIR\program.new"
  !include files.nsh
  SetOutPath "$INSTDIR"
  RMDir /r "$INSTDIR\program.old"
  ClearErrors
  ${If} ${FileExists} "$INSTDIR\program\*.*"
    Rename "$INSTDIR\program" "$INSTDIR\program.old"
    ${If} ${Errors}
      StrCpy $Failure ${STILL_RUNNING}
      Abort "$(CLOSE_IT)"
    ${EndIf}
  ${EndIf}
  Rename "$INSTDIR\program.new" "$INSTDIR\program"
  ${If} ${Errors}
    Rename "$INSTDIR\program.old" "$INSTDIR\program"
    Abort "$(NOT_DONE)"
  ${EndIf}
  RMDir /r "$INSTDIR\program.old"
  File "${TREE}/${PROGRAM}"
  File "${TREE}/${CLI}"
  WriteINIStr "$INSTDIR\${MARKER}" "installation" "kind" "windows-$Mode"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  ${If} $InstalledIn != ""
  ${AndIf} $InstalledIn != $INSTDIR
    StrCpy $0 $InstalledIn
    Call RemoveProgram
  ${EndIf}

  CreateShortcut "$SMPROGRAMS\${TITLE}.lnk" "$INSTDIR\${PROGRAM}"
  ${If} $WithIcon == ${BST_CHECKED}
    CreateShortcut "$DESKTOP\${TITLE}.lnk" "$INSTDIR\${PROGRAM}"
  ${EndIf}
  WriteRegStr SHCTX "${KEY}" "InstallDir" "$INSTDIR"
  WriteRegStr SHCTX "${KEY}" "Numbers" "${NUMBERS}"
  WriteRegStr SHCTX "${APPS_ENTRY}" "DisplayName" "${TITLE}"
  WriteRegStr SHCTX "${APPS_ENTRY}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${APPS_ENTRY}" "DisplayIcon" "$INSTDIR\${PROGRAM},0"
  WriteRegStr SHCTX "${APPS_ENTRY}" "Publisher" "${PUBLISHER}"
  WriteRegStr SHCTX "${APPS_ENTRY}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${APPS_ENTRY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr SHCTX "${APPS_ENTRY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD SHCTX "${APPS_ENTRY}" "EstimatedSize" ${KILOBYTES}
  WriteRegDWORD SHCTX "${APPS_ENTRY}" "NoModify" 1
  WriteRegDWORD SHCTX "${APPS_ENTRY}" "NoRepair" 1
SectionEnd

Function .onInstFailed
  RMDir /r "$INSTDIR\program.new"
  SetErrorLevel $Failure
FunctionEnd

; ------------------------------------------------------------------ removal

Function un.onInit
  SetRegView 64
  StrCpy $AlsoWork ${BST_UNCHECKED}
  ReadINIStr $0 "$INSTDIR\${MARKER}" "installation" "kind"
  ${If} $0 == "windows-machine"
    StrCpy $Mode "machine"
    SetShellVarContext all
    Call un.HasRights
    ${If} $0 != "Admin"
      ${IfNot} ${Silent}
        ExecShell "runas" "$INSTDIR\uninstall.exe"
      ${EndIf}
      SetErrorLevel ${NEEDS_ADMINISTRATOR}
      Quit
    ${EndIf}
  ${Else}
    StrCpy $Mode "user"
    SetShellVarContext current
  ${EndIf}
FunctionEnd

Function un.ShowWork
  !insertmacro MUI_HEADER_TEXT "$(REMOVE_TITLE)" "$(REMOVE_TEXT)"
  nsDialogs::Create 1018
  Pop $0
  ${If} $Mode == "machine"
    ${NSD_CreateLabel} 0 4u 100% 40u "$(EVERYBODYS_WORK)"
    Pop $0
  ${Else}
    ${NSD_CreateLabel} 0 4u 100% 28u "$(WORK_STAYS)"
    Pop $0
    ${NSD_CreateLabel} 12u 34u 95% 10u "${WORK}"
    Pop $0
    ${If} ${FileExists} "${WORK}\*.*"
      ${NSD_CreateCheckBox} 0 58u 100% 12u "$(ALSO_WORK)"
      Pop $AlsoWork
    ${EndIf}
  ${EndIf}
  GetDlgItem $0 $HWNDPARENT 1
  SendMessage $0 ${WM_SETTEXT} 0 "STR:$(^UninstallBtn)"
  nsDialogs::Show
FunctionEnd

Function un.LeaveWork
  ${If} $Mode == "user"
  ${AndIf} ${FileExists} "${WORK}\*.*"
    ${NSD_GetState} $AlsoWork $0
    ${If} $0 == ${BST_CHECKED}
    ${AndIf} ${Cmd} `MessageBox MB_YESNO|MB_DEFBUTTON2|MB_ICONEXCLAMATION "$(REALLY)" IDNO`
      Abort
    ${EndIf}
    StrCpy $AlsoWork $0
  ${EndIf}
FunctionEnd

Section Uninstall
  StrCpy $0 $INSTDIR
  Call un.WaitUntilClosed
  DetailPrint "$(REMOVING)"
  SetDetailsPrint none
  Call un.RemoveProgram
  ReadRegStr $1 SHCTX "${KEY}" "InstallDir"
  ${If} $1 == $INSTDIR
    Delete "$SMPROGRAMS\${TITLE}.lnk"
    Delete "$DESKTOP\${TITLE}.lnk"
    DeleteRegKey SHCTX "${APPS_ENTRY}"
    DeleteRegKey SHCTX "${KEY}"
  ${EndIf}
  StrCpy $8 "$(WORK_KEPT)"
  ${If} $Mode == "machine"
    StrCpy $8 "$(EVERYBODYS_WORK_KEPT)"
  ${ElseIf} $AlsoWork == ${BST_CHECKED}
    RMDir /r "${WORK}"
    StrCpy $8 "$(WORK_REMOVED)"
  ${EndIf}
SectionEnd
