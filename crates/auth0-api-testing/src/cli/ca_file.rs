//! The file with the certificate that clients must trust.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The file, which is removed at the end of the program.
#[derive(Debug)]
pub(super) struct CaFile {
    path: PathBuf,
    /// The folder of the default file.
    own_folder: Option<PathBuf>,
}

impl CaFile {
    /// Writes the certificate to this file, or to the default file of this port.
    pub(super) fn write(file: Option<&Path>, port: u16, pem: &str) -> io::Result<Self> {
        let path = file.map_or_else(|| default_path(port), Path::to_owned);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if file.is_none() {
            make_folder(folder)?;
        }
        // The new file replaces the old one in one step, so that no client reads half a certificate. If the old one is a
        // link that somebody else has put there, the link is replaced, and not the file that it points to.
        let new = folder.join(format!(".ca-{}.pem", std::process::id()));
        drop(fs::remove_file(&new));
        let mut open = OpenOptions::new().write(true).create_new(true).open(&new)?;
        open.write_all(pem.as_bytes())?;
        if file.is_none() {
            check_owner(folder, &open)?;
        }
        fs::rename(&new, &path)?;
        let own_folder = file.is_none().then(|| folder.to_owned());
        Ok(Self { path, own_folder })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for CaFile {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.path));
        if let Some(folder) = &self.own_folder {
            drop(fs::remove_dir(folder));
        }
    }
}

/// Returns the file of the tenant on this port. `--env` in another terminal needs the same name.
pub(super) fn default_path(port: u16) -> PathBuf {
    std::env::temp_dir().join(format!("auth0-api-tenant-{port}")).join("ca.pem")
}

/// Makes a folder that only this user can write.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        result => result,
    }
}

/// Checks that nobody else has made the folder before: every user can write to the temporary folder, and the owner of
/// this folder could exchange the certificate that the developer's clients are told to trust.
#[cfg(unix)]
fn check_owner(folder: &Path, own_file: &File) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;

    let metadata = fs::symlink_metadata(folder)?;
    let is_own = metadata.is_dir() && metadata.uid() == own_file.metadata()?.uid() && metadata.mode() & 0o022 == 0;
    is_own.then_some(()).ok_or_else(|| {
        let problem = format!("{} belongs to another user: choose a file with --ca-file", folder.display());
        io::Error::new(io::ErrorKind::PermissionDenied, problem)
    })
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the signature is that of Unix")]
fn check_owner(_folder: &Path, _own_file: &File) -> io::Result<()> {
    // The temporary folder of Windows belongs to the user.
    Ok(())
}
