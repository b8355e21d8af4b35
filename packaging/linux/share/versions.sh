# A running program goes on reading its own files: modules, icons, certificates. The package manager takes those of
# the old version away in an upgrade. So programs are started from hard links to what it brings (`package`), and a
# version's links stay as long as somebody runs that version.
home=/usr/lib/maintenance-desktop

start_from_new_version() {
    mkdir -p $home/versions
    new=$(mktemp -d $home/versions/@VERSION@.XXXXXX)
    chmod 755 "$new"
    cp -al $home/package/. "$new" 2>/dev/null || cp -a $home/package/. "$new"
    ln -sfn "versions/${new##*/}" $home/current.new
    mv -T $home/current.new $home/current
    for version in $home/versions/*; do
        [ "$version" = "$new" ] || is_running "$version" || rm -rf "$version"
    done
}

is_running() {
    readlink /proc/[0-9]*/exe 2>/dev/null | grep -qF -- "$1/"
}

forget_versions() {
    rm -rf $home/versions $home/current
}
