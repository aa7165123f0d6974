//! Fetches a model from where it is published into the models folder.
//!
//! Bytes go to `FILE.part` and only a whole, verified file is renamed to its real name, so a file in the folder is
//! always one that was right when it arrived. Whatever ends a download early, be it Ctrl-C, a dropped connection or a full disk,
//! leaves the `.part` behind and the next `install` goes on from there.
//!
//! What can go wrong, in the order in which it does: another installer is at work; the folder cannot be written; the
//! server cannot be reached, refuses, stumbles (retried) or answers with a web page; it ignores the range or refuses it
//! (start over); the size is not the catalogue's; the connection drops or falls silent (retried, resumed); the disk
//! fills; the checksum disagrees (the file is removed; once again from the start if part of it was old).

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use super::catalog::{Catalog, Model, mebibytes};
use super::verify::{self, Assurance, HEADER_BYTES, Header, Sum, VerifyError};

/// Environment variable that replaces the catalogue's `home`, for mirrors.
pub const URL_VARIABLE: &str = "CUTLIST_MODELS_URL";
const READ_BYTES: usize = 128 * 1024;
/// A retry that brought this much further does not count as a failure, so a long download over a poor line ends well
/// while a server that trickles nothing but errors is given up.
const WORTHWHILE_BYTES: u64 = 1 << 20;

/// Why a model was not installed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// The model comes with cutlist.
    #[error("{name} comes with cutlist; there is nothing to install")]
    Bundled {
        /// The model.
        name: String,
    },
    /// Another process is installing the same model.
    #[error("another cutlist is installing {name}; wait for it to end, or stop it")]
    Busy {
        /// The model.
        name: String,
    },
    /// The folder or a file in it cannot be written.
    #[error("cannot write {}: {source}; make the folder writable or choose another one", path.display())]
    Write {
        /// What could not be written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No room for the rest of the model.
    #[error("disk full at {}: {} MiB more are needed; free some space and run `cutlist models install {name}` again, it goes on from here", path.display(), mebibytes(*missing_bytes))]
    DiskFull {
        /// The `.part` file.
        path: PathBuf,
        /// The model.
        name: String,
        /// What is still to come.
        missing_bytes: u64,
    },
    /// The server cannot be reached, or stopped talking.
    #[error(
        "cannot fetch {url}: {source}; check the connection and run `cutlist models install {name}` again, it goes on where it stopped"
    )]
    Network {
        /// What was asked for.
        url: String,
        /// The model.
        name: String,
        /// What went wrong.
        source: Box<ureq::Error>,
    },
    /// The connection ended early.
    #[error("{url} broke off after {} of {} MiB; run `cutlist models install {name}` again, it goes on from there", mebibytes(*done_bytes), mebibytes(*size_bytes))]
    BrokeOff {
        /// What was asked for.
        url: String,
        /// The model.
        name: String,
        /// What arrived.
        done_bytes: u64,
        /// The whole.
        size_bytes: u64,
    },
    /// The server has no such file.
    #[error(
        "{url} does not exist (HTTP {status}); check {URL_VARIABLE} if it is set, or get {file} elsewhere and pass its path to --model"
    )]
    NotPublished {
        /// What was asked for.
        url: String,
        /// The server's answer.
        status: u16,
        /// Name of the file.
        file: String,
    },
    /// The server answered with another status.
    #[error("{url} answered HTTP {status}; try again later, or set {URL_VARIABLE} to a mirror")]
    Status {
        /// What was asked for.
        url: String,
        /// The server's answer.
        status: u16,
    },
    /// The server does not continue a download sensibly.
    #[error("{url} does not continue a download where asked; run `cutlist models install {name}` again to start over")]
    BadRange {
        /// What was asked for.
        url: String,
        /// The model.
        name: String,
    },
    /// The server sent a page for people in place of the file.
    #[error("{url} answered with a web page; a login or proxy page may be in the way: open the address in a browser")]
    WebPage {
        /// What was asked for.
        url: String,
    },
    /// The published file has another size than the catalogue's.
    #[error(
        "{url} has {found_bytes} bytes where {name} has {expected_bytes}; the file is not the one this version of cutlist knows"
    )]
    WrongSize {
        /// What was asked for.
        url: String,
        /// The model.
        name: String,
        /// What the server offers, or sent before it was stopped.
        found_bytes: u64,
        /// The catalogue's size.
        expected_bytes: u64,
    },
    /// The whole file arrived and is not the model; it was removed.
    #[error("what {url} sent was removed: {source}")]
    Rejected {
        /// What was asked for.
        url: String,
        /// What is wrong with it.
        source: VerifyError,
    },
    /// A file already here cannot be read.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The caller asked to stop.
    #[error("stopped; run `cutlist models install {name}` again, it goes on where it stopped")]
    Interrupted {
        /// The model.
        name: String,
    },
}

impl InstallError {
    /// True when the same request may succeed a moment later.
    fn may_pass(&self) -> bool {
        match self {
            Self::BrokeOff { .. } | Self::BadRange { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 429 | 500..=599),
            Self::Network { source, .. } => match &**source {
                // Nobody listens there: asking again at once changes nothing.
                ureq::Error::Io(error) => error.kind() != io::ErrorKind::ConnectionRefused,
                ureq::Error::Timeout(_) | ureq::Error::Protocol(_) => true,
                _ => false,
            },
            _ => false,
        }
    }
}

/// How far an installation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is going on.
    pub phase: Phase,
    /// Bytes of the model read or fetched so far; begins above 0 when a download is resumed and falls to 0 when it starts over.
    pub done_bytes: u64,
    /// The whole model.
    pub total_bytes: u64,
}

/// The two slow parts of an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// A file that is already here is read for its checksum.
    Checking,
    /// Bytes are arriving.
    Fetching,
}

/// A model that is in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The file.
    pub path: PathBuf,
    /// How it was verified.
    pub assurance: Assurance,
    /// False when the good file was there already and nothing was fetched.
    pub fetched: bool,
}

/// Where to fetch from, where to put it, and how patient to be.
#[derive(Debug, Clone)]
pub struct Installer {
    /// Address of the folder that holds the files.
    pub base_url: String,
    /// The models folder; made if it is missing.
    pub folder: PathBuf,
    /// Longest wait for a name and for a connection.
    pub connect_timeout: Duration,
    /// Longest silence of a connected server. There is no limit on the whole: 3 GB over a slow line take hours.
    pub stall_timeout: Duration,
    /// How many failures in a row are tried again.
    pub retries: u32,
    /// Pause before the first retry; it doubles with each.
    pub retry_pause: Duration,
}

impl Installer {
    /// An installer from `base_url` to `folder` with waits fit for a home connection.
    #[must_use]
    pub fn new(base_url: impl Into<String>, folder: impl Into<PathBuf>) -> Self {
        Self {
            base_url: base_url.into(),
            folder: folder.into(),
            connect_timeout: Duration::from_secs(15),
            stall_timeout: Duration::from_secs(30),
            retries: 3,
            retry_pause: Duration::from_secs(1),
        }
    }

    /// An installer from the catalogue's home, or from `mirror` when that is set and not blank.
    #[must_use]
    pub fn for_catalog(catalog: &Catalog, mirror: Option<&str>, folder: impl Into<PathBuf>) -> Self {
        let mirror = mirror.map(str::trim).filter(|m| !m.is_empty());
        Self::new(mirror.unwrap_or(catalog.home()), folder)
    }

    /// Puts `model` into the folder, unless a good copy is there.
    ///
    /// `progress` is called after every piece; `Break` stops the installation and keeps what has arrived.
    pub fn install(
        &self,
        model: &Model,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Installed, InstallError> {
        if model.bundled {
            return Err(InstallError::Bundled { name: model.name.clone() });
        }
        fs::create_dir_all(&self.folder).map_err(|source| InstallError::Write { path: self.folder.clone(), source })?;
        let _lock = Lock::take(&self.folder, model)?;
        let path = model.path(&self.folder);
        if path.exists()
            && let Some(assurance) = check_present(&path, model, progress)?
        {
            return Ok(Installed { path, assurance, fetched: false });
        }
        let url = format!("{}/{}", self.base_url.trim_end_matches('/'), model.file);
        let mut part = Part::open(model, &self.folder, progress)?;
        // A leftover may be damaged or of another edition; that is no reason to refuse what the server has now.
        let assurance = match self.complete(&url, model, &mut part, progress) {
            Err(InstallError::Rejected { .. }) if part.resumed => {
                part = Part::open(model, &self.folder, progress)?;
                self.complete(&url, model, &mut part, progress)?
            }
            other => other?,
        };
        fs::rename(&part.path, &path).map_err(|source| InstallError::Write { path: path.clone(), source })?;
        Ok(Installed { path, assurance, fetched: true })
    }

    /// Brings the part to full length and verifies it; a part that fails is removed.
    fn complete(
        &self,
        url: &str,
        model: &Model,
        part: &mut Part,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Assurance, InstallError> {
        let agent = self.agent();
        let mut failures = 0;
        let mut milestone = part.done + WORTHWHILE_BYTES;
        while part.done < model.size_bytes {
            let Err(error) = fetch(&agent, url, model, part, progress) else {
                break;
            };
            if part.done >= milestone {
                milestone = part.done + WORTHWHILE_BYTES;
                failures = 0;
            }
            if !error.may_pass() || failures >= self.retries {
                return Err(error);
            }
            sleep(self.retry_pause * 2_u32.saturating_pow(failures));
            failures += 1;
            tell(model, progress, Phase::Fetching, part.done)?;
        }
        part.file.sync_all().map_err(|source| part.write_error(model, source))?;
        let sum = std::mem::replace(&mut part.sum, Sum::Unknown);
        verify::check_shape(&part.path, model)
            .and_then(|()| sum.check(&part.path, model))
            .map_err(|source| part.reject(url, source))
    }

    fn agent(&self) -> ureq::Agent {
        let mut config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // A redirect from https to plain http would hand the download to anyone on the way.
            .https_only(self.base_url.starts_with("https://"))
            .max_redirects(10)
            .accept_encoding("identity")
            .user_agent(concat!("cutlist/", env!("CARGO_PKG_VERSION")))
            .timeout_resolve(Some(self.connect_timeout))
            .timeout_connect(Some(self.connect_timeout))
            .timeout_send_request(Some(self.stall_timeout))
            .timeout_recv_response(Some(self.stall_timeout))
            .timeout_per_read(Some(self.stall_timeout));
        // A mirror on this machine is not reached through a proxy.
        if ["http://127.0.0.1", "http://localhost", "http://[::1]"].iter().any(|local| self.base_url.starts_with(local))
        {
            config = config.proxy(None);
        }
        config.build().into()
    }
}

/// The assurance of a good file, `None` for a bad one, which a download then replaces.
fn check_present(
    path: &Path,
    model: &Model,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Option<Assurance>, InstallError> {
    let checked = verify::verify(path, model, &mut |done_bytes| {
        // Not stoppable: reading is quick beside fetching, and a stop is noticed at the first piece fetched.
        let _ = progress(Progress { phase: Phase::Checking, done_bytes, total_bytes: model.size_bytes });
    });
    match checked {
        Ok(assurance) => Ok(Some(assurance)),
        Err(error @ VerifyError::Read { .. }) => Err(error.into()),
        Err(_) => Ok(None),
    }
}

fn tell(
    model: &Model,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    phase: Phase,
    done_bytes: u64,
) -> Result<(), InstallError> {
    match progress(Progress { phase, done_bytes, total_bytes: model.size_bytes }) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(InstallError::Interrupted { name: model.name.clone() }),
    }
}

/// One request: appends what the server sends to the part.
fn fetch(
    agent: &ureq::Agent,
    url: &str,
    model: &Model,
    part: &mut Part,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<(), InstallError> {
    let network = |source: ureq::Error| InstallError::Network {
        url: url.into(),
        name: model.name.clone(),
        source: Box::new(source),
    };
    let bad_range = || InstallError::BadRange { url: url.into(), name: model.name.clone() };
    let wrong_size = |found_bytes| InstallError::WrongSize {
        url: url.into(),
        name: model.name.clone(),
        found_bytes,
        expected_bytes: model.size_bytes,
    };

    let mut request = agent.get(url);
    if part.done > 0 {
        request = request.header("Range", format!("bytes={}-", part.done));
    }
    let response = request.call().map_err(network)?;
    match response.status().as_u16() {
        // The server ignores ranges and sends everything: so start over.
        200 => part.restart(model)?,
        206 if part.done > 0 => match content_range(header(&response, "content-range")) {
            Some((start, total)) if start == part.done => {
                if let Some(total) = total.filter(|total| *total != model.size_bytes) {
                    return Err(wrong_size(total));
                }
            }
            _ => {
                part.restart(model)?;
                return Err(bad_range());
            }
        },
        416 if part.done > 0 => {
            part.restart(model)?;
            return Err(bad_range());
        }
        status @ (404 | 410) => {
            return Err(InstallError::NotPublished { url: url.into(), status, file: model.file.clone() });
        }
        status => {
            return Err(InstallError::Status { url: url.into(), status });
        }
    }
    if header(&response, "content-type").is_some_and(|kind| kind.trim().to_ascii_lowercase().starts_with("text/html")) {
        return Err(InstallError::WebPage { url: url.into() });
    }
    if let Some(rest) = response.body().content_length()
        && part.done + rest != model.size_bytes
    {
        return Err(wrong_size(part.done + rest));
    }

    tell(model, progress, Phase::Fetching, part.done)?;
    let mut body = response.into_body().into_reader();
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let n = match body.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(network(ureq::Error::from(error))),
        };
        if part.done + n as u64 > model.size_bytes {
            let found = part.done + n as u64;
            part.remove();
            return Err(wrong_size(found));
        }
        part.append(&buffer[..n], model)?;
        part.check_head(url)?;
        tell(model, progress, Phase::Fetching, part.done)?;
    }
    if part.done < model.size_bytes {
        return Err(InstallError::BrokeOff {
            url: url.into(),
            name: model.name.clone(),
            done_bytes: part.done,
            size_bytes: model.size_bytes,
        });
    }
    Ok(())
}

fn header<'a>(response: &'a ureq::http::Response<ureq::Body>, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

/// First byte and whole size of `bytes 100-199/200`; the size may be `*` (RFC 9110, section 14.4).
fn content_range(value: Option<&str>) -> Option<(u64, Option<u64>)> {
    let (range, total) = value?.trim().strip_prefix("bytes ")?.split_once('/')?;
    let start = range.split_once('-')?.0.trim().parse().ok()?;
    match total.trim() {
        "*" => Some((start, None)),
        total => Some((start, Some(total.parse().ok()?))),
    }
}

/// The unfinished download and the checksum of what there is of it.
struct Part {
    path: PathBuf,
    file: File,
    done: u64,
    sum: Sum,
    /// The first bytes, until they have been looked at; a header that is wrong is found out before the gigabytes come.
    head: Option<Vec<u8>>,
    /// True while the part begins with bytes of an earlier run.
    resumed: bool,
}

impl Part {
    fn open(
        model: &Model,
        folder: &Path,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Self, InstallError> {
        let path = model.part_path(folder);
        let write = |source| InstallError::Write { path: path.clone(), source };
        let mut done = path.metadata().map_or(0, |part| part.len());
        let sound = done <= model.size_bytes && (done < HEADER_BYTES as u64 || verify::read_header(&path).is_ok());
        if !sound {
            fs::remove_file(&path).map_err(write)?;
            done = 0;
        }
        let file = OpenOptions::new().create(true).append(true).open(&path).map_err(write)?;
        let mut sum = Sum::of(model);
        if done > 0 {
            sum = verify::read_sum(&path, model, &mut |done_bytes| {
                let _ = progress(Progress { phase: Phase::Checking, done_bytes, total_bytes: model.size_bytes });
            })?;
        }
        // A leftover shorter than a header is checked whole at the end, with everything else.
        let head = (done == 0).then(Vec::new);
        Ok(Self { path, file, done, sum, head, resumed: done > 0 })
    }

    fn restart(&mut self, model: &Model) -> Result<(), InstallError> {
        if self.done > 0 {
            self.file.set_len(0).map_err(|source| self.write_error(model, source))?;
        }
        self.done = 0;
        self.sum = Sum::of(model);
        self.head = Some(Vec::new());
        self.resumed = false;
        Ok(())
    }

    fn append(&mut self, bytes: &[u8], model: &Model) -> Result<(), InstallError> {
        if let Err(source) = self.file.write_all(bytes) {
            // Half of the piece may be on disk; without the cut, a retry in this run would write it twice.
            let _ = self.file.set_len(self.done);
            return Err(self.write_error(model, source));
        }
        self.sum.update(bytes);
        self.done += bytes.len() as u64;
        if let Some(head) = &mut self.head {
            head.extend(bytes.iter().take(HEADER_BYTES.saturating_sub(head.len())));
        }
        Ok(())
    }

    fn check_head(&mut self, url: &str) -> Result<(), InstallError> {
        let Some(head) = self.head.take_if(|head| head.len() >= HEADER_BYTES) else {
            return Ok(());
        };
        let Err(why) = Header::parse(&head) else {
            return Ok(());
        };
        let source = VerifyError::NotAModel { path: self.path.clone(), why };
        Err(self.reject(url, source))
    }

    fn reject(&self, url: &str, source: VerifyError) -> InstallError {
        self.remove();
        InstallError::Rejected { url: url.into(), source }
    }

    fn remove(&self) {
        // Should it fail, the next run finds the part, verifies it and removes it again.
        let _ = fs::remove_file(&self.path);
    }

    fn write_error(&self, model: &Model, source: io::Error) -> InstallError {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => InstallError::DiskFull {
                path: self.path.clone(),
                name: model.name.clone(),
                missing_bytes: model.size_bytes - self.done,
            },
            _ => InstallError::Write { path: self.path.clone(), source },
        }
    }
}

/// Held while a model is being installed; the system lets go of it even when the process is killed, which a lock
/// made of a file's mere existence would not.
struct Lock {
    _file: File,
}

impl Lock {
    fn take(folder: &Path, model: &Model) -> Result<Self, InstallError> {
        let path = folder.join(format!(".{}.lock", model.file));
        let write = |source| InstallError::Write { path: path.clone(), source };
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(write)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(InstallError::Busy { name: model.name.clone() }),
            // Some network folders have no locks; a user alone there should still get the model.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(Self { _file: file }),
            Err(TryLockError::Error(error)) => Err(write(error)),
        }
    }
}

#[cfg(test)]
mod tests;
