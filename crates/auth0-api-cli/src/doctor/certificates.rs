//! The certificates of authorities that `SSL_CERT_FILE` and `SSL_CERT_DIR` name. On Linux and other Unix systems except
//! macOS, they replace those of the system.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::environment::Environment;
use super::finding::{Diagnosis, Finding};
use crate::printable::{count, printable};

pub(super) fn look(environment: &Environment, findings: &Diagnosis) {
    if cfg!(any(windows, target_vendor = "apple")) {
        return;
    }
    findings.extend(environment.ca_file.as_deref().map(of_file));
    findings.extend(environment.ca_folder.as_deref().and_then(of_folders));
}

fn of_file(file: &str) -> Finding {
    let shown = printable(file);
    let mend = "let SSL_CERT_FILE name a file of PEM certificates that this user can read, or unset it";
    match number_of_certificates(Path::new(file)) {
        Ok(0) => {
            Finding::problem("ca_file_empty", format!("SSL_CERT_FILE={shown} has no certificate in PEM")).machine(mend)
        }
        Ok(number) => {
            Finding::passed("ca_certificates", format!("SSL_CERT_FILE={shown} has {}", count(number, "certificate")))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Finding::problem("ca_file_missing", format!("SSL_CERT_FILE={shown} does not exist")).machine(mend)
        }
        Err(error) => {
            let text = format!("SSL_CERT_FILE={shown} cannot be read: {}", error.kind());
            Finding::problem("ca_file_unreadable", text).machine(mend)
        }
    }
}

/// Returns a finding for the first folder that cannot be read.
fn of_folders(folders: &str) -> Option<Finding> {
    let folder = folders.split(':').find(|folder| fs::read_dir(folder).is_err())?;
    let text = format!("SSL_CERT_DIR names {}, which is no folder that this user can read", printable(folder));
    Some(Finding::warning("ca_folder_unreadable", text).machine("correct SSL_CERT_DIR, or unset it"))
}

fn number_of_certificates(file: &Path) -> io::Result<usize> {
    let mut pem = Vec::new();
    File::open(file)?.take(LARGEST_FILE).read_to_end(&mut pem)?;
    Ok(CertificateDer::pem_slice_iter(&pem).flatten().count())
}

/// Octets. The bundle of Mozilla has 220 KB.
const LARGEST_FILE: u64 = 16 * 1024 * 1024;
