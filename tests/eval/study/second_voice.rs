//! What recordings say of the voices and the line in them.
//!
//! A row a recording: how its speech parts in two (speech of the lesser group, of all, distance of the spectra,
//! interval of the pitches), the power above the telephone's band, and what is warned of. No recogniser runs.

use std::path::PathBuf;

use cutlist::decode::decode_all;
use cutlist::transcript::chunks::Chunker;
use cutlist::transcript::conditions::Conditions;

/// Prints a row a recording.
pub fn run(files: &[PathBuf]) {
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Ok(audio) = decode_all(file) else {
            println!("{name:40} cannot be decoded");
            continue;
        };
        let mut chunker = Chunker::default();
        let mut chunks = chunker.push(&audio.samples);
        chunks.extend(chunker.finish());
        let start = std::time::Instant::now();
        let mut conditions = Conditions::default();
        for chunk in &chunks {
            conditions.add(Conditions::of(chunk));
        }
        let voices = conditions.voices();
        let parting = voices.partings().iter().fold(String::new(), |out, parting| {
            format!(
                "{out} | {:4.1} of {:5.1} s, distance {:5.2}, interval {:4.1}",
                parting.less_s, parting.all_s, parting.distance, parting.interval
            )
        });
        let took = start.elapsed().as_secs_f64() / audio.duration().0;
        let warned = [(voices.second().is_some(), "SECOND VOICE"), (conditions.is_narrow(), "NARROW")];
        let warned: Vec<&str> = warned.iter().filter(|(is, _)| *is).map(|(_, what)| *what).collect();
        let noisy = conditions.noisy_db().map(|db| format!("noisy {db:.0} dB")).unwrap_or_default();
        let upper = conditions.upper_db().unwrap_or_default();
        println!("{name:40}{parting} | above {upper:6.1} dB | {took:.5} | {noisy} {}", warned.join(", "));
    }
}
