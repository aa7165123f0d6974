//! `cutlist models`: the speech models.

use std::io::IsTerminal as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};

use super::Status;
use crate::cli::ModelsCommand;
use crate::env::Env;
use crate::models::bundled_sha256;
use crate::models::catalog::{Catalog, Model, State, mebibytes};
use crate::models::install::Installer;
use crate::models::verify;
use crate::terminal::tell;

use crate::models::convert::{self, Quantisation};
use crate::terminal::print;
use crate::transcript::whisper::{Decoding, Whisper};

/// Runs a subcommand of `models`.
pub fn run(command: ModelsCommand, env: &Env) -> Result<Status> {
    let installed = env.paths.models();
    match command {
        ModelsCommand::List => list(&installed),
        ModelsCommand::Install { name, from } => install(&name, from.as_deref(), installed),
        ModelsCommand::Verify { model } => check(model.as_deref(), &installed),
        ModelsCommand::Import { folder, quantise, output } => {
            let output = output.map_or_else(|| default_output(&folder, quantise, &installed), Ok)?;
            import(&folder, quantise, &output)
        }
    }
}

fn list(folder: &Path) -> Result<Status> {
    let catalog = Catalog::builtin()?;
    let mut text = format!("{:<22} {:>9}  {:<11} {}\n", "MODEL", "SIZE", "HERE", "WHAT IT IS GOOD FOR");
    for (model, state) in catalog.list(folder) {
        let here = match state {
            State::Bundled => "built in",
            State::Installed(_) => "installed",
            State::Damaged { .. } => "damaged",
            State::Partial { .. } => "unfinished",
            State::Absent => "",
        };
        let size = format!("{} MiB", mebibytes(model.size_bytes));
        text.push_str(&format!("{:<22} {size:>9}  {here:<11} {}\n", model.name, model.note));
    }
    text.push_str(&format!("\nInstalled models lie in {}.\n", folder.display()));
    print(&text)?;
    Ok(Status::Done)
}

fn bar(verb: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template(&format!("{verb} {{bar:30}} {{bytes}}/{{total_bytes}} {{eta}}")) {
        bar.set_style(style);
    }
    bar
}

fn install(name: &str, from: Option<&str>, folder: PathBuf) -> Result<Status> {
    let catalog = Catalog::builtin()?;
    let model = catalog.find(name)?;
    let bar = bar("downloading");
    let installed = Installer::for_catalog(&catalog, from, folder).install(model, &mut |progress| {
        bar.set_length(progress.total_bytes);
        bar.set_position(progress.done_bytes);
        ControlFlow::Continue(())
    });
    bar.finish_and_clear();
    let installed = installed?;
    let what = if installed.fetched { "installed" } else { "was here already" };
    print(&format!(
        "{} {what}: {} ({}); use it with --model {}\n",
        model.name,
        installed.path.display(),
        installed.assurance.describe(),
        model.name
    ))?;
    Ok(Status::Done)
}

fn check(wanted: Option<&str>, folder: &Path) -> Result<Status> {
    let catalog = Catalog::builtin()?;
    let models: Vec<&Model> = match wanted {
        Some(name) if catalog.find(name).is_ok() => vec![catalog.find(name)?],
        Some(path) => {
            let header = verify::read_header(Path::new(path))?;
            // No hash to compare with: that the engine takes the whole file is the next best.
            Whisper::from_file(Path::new(path), Decoding::default())?;
            let languages = if header.is_multilingual() { "multilingual" } else { "English only" };
            print(&format!(
                "{path}: a Whisper model in ggml format, {languages}; it loads; no hash is known for it\n"
            ))?;
            return Ok(Status::Done);
        }
        None => catalog.list(folder).into_iter().filter(|(_, state)| *state != State::Absent).map(|(m, _)| m).collect(),
    };
    let mut bad = 0;
    for model in &models {
        match check_one(model, folder) {
            Ok(line) => print(&format!("{}: {line}\n", model.name))?,
            Err(error) if models.len() == 1 => return Err(error),
            Err(error) => {
                bad += 1;
                tell(&format!("cutlist: {error:#}"));
            }
        }
    }
    ensure!(bad == 0, "{bad} of {} models are not as they should be; the messages above say why", models.len());
    Ok(Status::Done)
}

fn check_one(model: &Model, folder: &Path) -> Result<String> {
    match model.state(folder) {
        State::Bundled => {
            let Some(sha256) = bundled_sha256() else { bail!("{} is not in this build", model.name) };
            ensure!(
                model.sha256.as_ref() == Some(&sha256),
                "the built-in {} is damaged; install cutlist again",
                model.name
            );
            Ok(format!("built in, SHA-256 agrees ({sha256})"))
        }
        State::Absent => bail!("{} is not installed; get it with `cutlist models install {}`", model.name, model.name),
        State::Partial { .. } => {
            bail!("{} is half downloaded; finish it with `cutlist models install {}`", model.name, model.name)
        }
        State::Installed(path) | State::Damaged { path, .. } => {
            let bar = bar("checking");
            bar.set_length(model.size_bytes);
            let assurance = verify::verify(&path, model, &mut |done| bar.set_position(done))?;
            bar.finish_and_clear();
            Ok(format!("{} ({})", assurance.describe(), path.display()))
        }
    }
}

fn import(folder: &Path, quantisation: Quantisation, out: &Path) -> Result<Status> {
    let bar = bar("converting");
    let summary = convert::import(folder, quantisation, out, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let summary = summary?;
    print(&format!(
        "{} ({} MiB, {}, SHA-256 {})\nuse it with --model {}\n",
        out.display(),
        mebibytes(summary.bytes),
        if summary.multilingual { "multilingual" } else { "English only" },
        summary.sha256,
        out.display()
    ))?;
    Ok(Status::Done)
}

/// `ggml-FOLDER-QUANTISATION.bin` in the models folder.
fn default_output(folder: &Path, quantisation: Quantisation, models: &Path) -> Result<PathBuf> {
    std::fs::create_dir_all(models)
        .with_context(|| format!("cannot make the models folder {}; name a file with --output", models.display()))?;
    let name = folder
        .canonicalize()
        .ok()
        .and_then(|folder| folder.file_name().map(|name| name.to_string_lossy().into_owned()))
        .unwrap_or_else(|| "imported".into());
    Ok(models.join(format!("ggml-{name}-{}.bin", quantisation.name())))
}
