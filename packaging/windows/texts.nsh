; Everything that setup.exe and uninstall.exe say, in each language.
!macro TEXT name english german
  LangString ${name} ${LANG_ENGLISH} "${english}"
  LangString ${name} ${LANG_GERMAN} "${german}"
!macroend

!insertmacro TEXT WINDOW_TITLE "${TITLE} ${VERSION} Setup" "${TITLE} ${VERSION} – Installation"
!insertmacro TEXT WELCOME_TITLE "$8" "$8"
!insertmacro TEXT WELCOME_TEXT "$9" "$9"

!insertmacro TEXT INSTALL_TITLE "${TITLE}" "${TITLE}"
!insertmacro TEXT INSTALL_TEXT \
  "This installs version ${VERSION} on this computer.$\r$\n$\r$\n\
${TITLE} shows work orders and assets, and you work the same way with and without a network. You need the \
address of your server and your user name there.$\r$\n$\r$\n\
Administrator rights are not needed." \
  "Hiermit wird Version ${VERSION} auf diesem Computer installiert.$\r$\n$\r$\n\
${TITLE} zeigt Arbeitsaufträge und Anlagen, und Sie arbeiten mit und ohne Netz auf gleiche Weise. Sie brauchen \
die Adresse Ihres Servers und Ihren Benutzernamen dort.$\r$\n$\r$\n\
Administratorrechte sind nicht nötig."
!insertmacro TEXT UPDATE_TITLE "Update to version ${VERSION}" "Aktualisierung auf Version ${VERSION}"
!insertmacro TEXT UPDATE_TEXT \
  "${TITLE} is already installed in$\r$\n$InstalledIn$\r$\n$\r$\n\
It is replaced there. What you saved stays as it is, and so do changes that have not been sent yet.\
$\r$\n$\r$\nPlease close ${TITLE} before you go on." \
  "${TITLE} ist bereits installiert in$\r$\n$InstalledIn$\r$\n$\r$\n\
Das Programm wird dort ersetzt. Was Sie gespeichert haben, bleibt erhalten, auch noch nicht gesendete Änderungen.\
$\r$\n$\r$\nBitte schließen Sie ${TITLE}, bevor Sie fortfahren."
!insertmacro TEXT UPDATE_NOW "&Update" "&Aktualisieren"
!insertmacro TEXT COPYING "Copying the program" "Das Programm wird kopiert"
!insertmacro TEXT REMOVING "Removing the program" "Das Programm wird entfernt"
!insertmacro TEXT DONE_TITLE "${TITLE} is ready" "${TITLE} ist bereit"
!insertmacro TEXT DONE_TEXT "Version ${VERSION} is installed. You find it in the start menu." \
  "Version ${VERSION} ist installiert. Sie finden es im Startmenü."
!insertmacro TEXT LICENCE_TEXT \
  "You may use, copy and change the program under this licence. Using it needs no agreement." \
  "Unter dieser Lizenz dürfen Sie das Programm nutzen, kopieren und ändern. Die Nutzung bedarf keiner Zustimmung."

!insertmacro TEXT CHOICES_TITLE "For Whom" "Für wen"
!insertmacro TEXT CHOICES_TEXT "Choose who may use ${TITLE} on this computer." \
  "Wählen Sie, wer ${TITLE} auf diesem Computer nutzen darf."
!insertmacro TEXT FOR_ME "Only for &me" "Nur für &mich"
!insertmacro TEXT FOR_ME_TEXT "Needs no administrator rights." "Dafür sind keine Administratorrechte nötig."
!insertmacro TEXT FOR_ALL "For &all users of this computer" "Für &alle Benutzer dieses Computers"
!insertmacro TEXT FOR_ALL_TEXT "Windows asks for an administrator." "Windows fragt nach einem Administrator."
!insertmacro TEXT DESKTOP_ICON "Add an icon to the &desktop" "Symbol auf dem &Desktop anlegen"
!insertmacro TEXT START_NOW "&Start ${TITLE}" "${TITLE} &starten"

!insertmacro TEXT TOO_OLD "${TITLE} needs Windows 10 or 11." "${TITLE} braucht Windows 10 oder 11."
!insertmacro TEXT CLOSE_IT \
  "${TITLE} is running. Please close it, then try again.$\r$\nNothing has been changed." \
  "${TITLE} läuft gerade. Bitte schließen Sie es und versuchen Sie es erneut.$\r$\nEs wurde nichts verändert."
!insertmacro TEXT NOT_DONE \
  "The files could not be put in place. The program is as it was before." \
  "Die Dateien konnten nicht eingesetzt werden. Das Programm ist wie zuvor."
!insertmacro TEXT FOREIGN \
  "The folder “program” in $INSTDIR belongs to something else. Please choose another folder." \
  "Der Ordner „program“ in $INSTDIR gehört zu etwas anderem. Bitte wählen Sie einen anderen Ordner."
!insertmacro TEXT OLDER \
  "A newer version ($Installed) of ${TITLE} is installed.$\r$\n$\r$\n\
Version ${VERSION} may be unable to open what it has saved: you would see nothing of your work, and changes that \
have not been sent would wait until the newer version is back.$\r$\n$\r$\nInstall the older version all the same?" \
  "Eine neuere Version ($Installed) von ${TITLE} ist installiert.$\r$\n$\r$\n\
Version ${VERSION} kann womöglich nicht öffnen, was diese gespeichert hat: Sie sähen nichts von Ihrer Arbeit, und noch \
nicht gesendete Änderungen würden warten, bis die neuere Version wieder da ist.$\r$\n$\r$\n\
Die ältere Version trotzdem installieren?"

!insertmacro TEXT REMOVE_TITLE "What stays" "Was bleibt"
!insertmacro TEXT REMOVE_TEXT "Removes the program from this computer." \
  "Entfernt das Programm von diesem Computer."
!insertmacro TEXT WORK_STAYS \
  "Your work on this computer is kept, with all changes that have not been sent yet. If you install the program again, \
it is there. It lies in this folder:" \
  "Ihre Arbeit auf diesem Computer wird behalten, mit allen noch nicht gesendeten Änderungen. Wenn Sie das Programm \
wieder installieren, ist sie da. Sie liegt in diesem Ordner:"
!insertmacro TEXT EVERYBODYS_WORK \
  "Everybody's work on this computer stays, with all changes that have not been sent yet. For each user it is kept in \
the folder %LOCALAPPDATA%\maintenance-desktop." \
  "Die Arbeit aller Benutzer auf diesem Computer bleibt erhalten, mit allen noch nicht gesendeten Änderungen. Sie liegt für \
jeden Benutzer im Ordner %LOCALAPPDATA%\maintenance-desktop."
!insertmacro TEXT ALSO_WORK "&Delete my work on this computer, too" "Meine Arbeit auf diesem Computer auch &löschen"
!insertmacro TEXT REALLY \
  "Changes that have not been sent to the server yet would be lost for good. So would drafts and the history on this \
computer.$\r$\n$\r$\nReally delete your work?" \
  "Noch nicht an den Server gesendete Änderungen gehen dabei endgültig verloren, ebenso Entwürfe und der Verlauf auf diesem \
Computer.$\r$\n$\r$\nIhre Arbeit wirklich löschen?"
!insertmacro TEXT REMOVED_TITLE "${TITLE} has been removed" "${TITLE} wurde entfernt"
!insertmacro TEXT REMOVED_TEXT "$8" "$8"
!insertmacro TEXT WORK_KEPT "Your work was kept. It is in the folder$\r$\n${WORK}" \
  "Ihre Arbeit wurde behalten. Sie liegt im Ordner$\r$\n${WORK}"
!insertmacro TEXT EVERYBODYS_WORK_KEPT \
  "Everybody's work was kept. For each user it is in the folder$\r$\n%LOCALAPPDATA%\maintenance-desktop" \
  "Die Arbeit aller Benutzer wurde behalten. Sie liegt für jeden Benutzer im Ordner$\r$\n%LOCALAPPDATA%\maintenance-desktop"
!insertmacro TEXT WORK_REMOVED "Your work on this computer was deleted." \
  "Ihre Arbeit auf diesem Computer wurde gelöscht."
