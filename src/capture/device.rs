//! Microphones, by way of `cpal`: the only file that names it, beside the error that quotes it.
//!
//! `cpal`'s own recording example takes a lock in the callback and skips the samples when it does not get it; here
//! the callback writes to a lock-free ring and counts what does not fit.

use std::any::Any;

use cpal::traits::{DeviceTrait as _, HostTrait as _, StreamTrait as _};
use cpal::{ErrorKind, FromSample, Sample as _, SampleFormat, SizedSample, StreamConfig};

use super::CaptureError;
use super::source::{Alarm, Format, Sink, Source, Trouble};

/// Rates a microphone is asked for when the device leaves the choice, best first: what decoders and editors meet most.
const USUAL_RATES_HZ: [u32; 3] = [48_000, 44_100, 16_000];

/// An input of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// What `--device` takes: the sound system's own identifier.
    pub id: String,
    /// What a person calls it.
    pub name: String,
    /// Whether it is used when none is named.
    pub is_default: bool,
    /// The shape of its sound, or why it cannot be had.
    pub format: Result<Format, String>,
}

/// Every input, the default one first.
#[must_use]
pub fn inputs() -> Vec<Input> {
    let host = cpal::default_host();
    let default = host.default_input_device().and_then(|device| device.id().ok());
    let mut inputs: Vec<Input> = devices()
        .iter()
        .map(|device| {
            let id = device.id().ok();
            Input {
                is_default: id.is_some() && id == default,
                name: name_of(device),
                id: id_of(device),
                format: choose(device, None).map(|chosen| chosen.format()).map_err(|error| error.to_string()),
            }
        })
        .collect();
    inputs.sort_by_key(|input| (!input.is_default, input.format.is_err()));
    inputs
}

fn devices() -> Vec<cpal::Device> {
    cpal::default_host().input_devices().map(Iterator::collect).unwrap_or_default()
}

fn id_of(device: &cpal::Device) -> String {
    device.id().map_or_else(|_| name_of(device), |id| id.id().to_owned())
}

fn name_of(device: &cpal::Device) -> String {
    device.description().map_or_else(|_| "unnamed input".to_owned(), |description| description.name().to_owned())
}

/// The default input, or the one that `wanted` names: by identifier, by name, or by a part of either that fits one alone.
/// `channels` asks for 1 or 2; otherwise the device's own choice stands, two at most.
pub fn open(wanted: Option<&str>, channels: Option<u16>) -> Result<Microphone, CaptureError> {
    let device = match wanted {
        None => cpal::default_host().default_input_device().ok_or(CaptureError::NoMicrophone)?,
        Some(wanted) => find(wanted, devices())?,
    };
    let name = name_of(&device);
    let chosen = choose(&device, channels).map_err(|source| refused(&name, source))?;
    Ok(Microphone { device, name, chosen })
}

fn find(wanted: &str, devices: Vec<cpal::Device>) -> Result<cpal::Device, CaptureError> {
    if devices.is_empty() {
        return Err(CaptureError::NoMicrophone);
    }
    let names: Vec<(String, String)> = devices.iter().map(|device| (id_of(device), name_of(device))).collect();
    let index = pick(wanted, &names)?;
    devices.into_iter().nth(index).ok_or(CaptureError::NoMicrophone)
}

/// The one of `(id, name)` that is meant.
fn pick(wanted: &str, names: &[(String, String)]) -> Result<usize, CaptureError> {
    if let Some(index) = names.iter().position(|(id, _)| id == wanted) {
        return Ok(index);
    }
    let low = wanted.to_lowercase();
    let fits = |exact: bool| -> Vec<usize> {
        let fit = |text: &String| {
            let text = text.to_lowercase();
            if exact { text == low } else { text.contains(&low) }
        };
        (0..names.len()).filter(|i| fit(&names[*i].0) || fit(&names[*i].1)).collect()
    };
    let found = Some(fits(true)).filter(|found| !found.is_empty()).unwrap_or_else(|| fits(false));
    match found[..] {
        [one] => Ok(one),
        [] => {
            let all: Vec<&str> = names.iter().map(|(id, _)| id.as_str()).collect();
            let there = if all.is_empty() { String::new() } else { format!(" (here: {})", all.join(", ")) };
            Err(CaptureError::NoSuchDevice { wanted: wanted.into(), there })
        }
        _ => {
            let fitting: Vec<&str> = found.iter().map(|i| names[*i].0.as_str()).collect();
            Err(CaptureError::Ambiguous { wanted: wanted.into(), fitting: fitting.join(", ") })
        }
    }
}

/// A device's stream as it will be opened.
#[derive(Debug, Clone, Copy)]
struct Chosen {
    config: StreamConfig,
    samples: SampleFormat,
}

impl Chosen {
    /// Of more than two channels the first two are kept: a voice is on them, and a take stays playable everywhere.
    fn format(&self) -> Format {
        Format { rate_hz: self.config.sample_rate, channels: self.config.channels.clamp(1, 2) }
    }
}

fn choose(device: &cpal::Device, channels: Option<u16>) -> Result<Chosen, cpal::Error> {
    let own = device.default_input_config()?;
    let fits = |n: u16| channels.map_or((1..=2).contains(&n), |wanted| n == wanted);
    if fits(own.channels()) && can_read(own.sample_format()) {
        return Ok(Chosen { config: own.config(), samples: own.sample_format() });
    }
    let mut best = None;
    for range in device.supported_input_configs()? {
        if !fits(range.channels()) || !can_read(range.sample_format()) {
            continue;
        }
        let rates = [own.sample_rate()].into_iter().chain(USUAL_RATES_HZ);
        let rate = rates.into_iter().position(|rate| range.contains_rate(rate));
        let Some(place) = rate else { continue };
        let rate_hz = if place == 0 { own.sample_rate() } else { USUAL_RATES_HZ[place - 1] };
        if best.as_ref().is_none_or(|(least, _)| place < *least) {
            let found = range.with_sample_rate(rate_hz);
            best = Some((place, Chosen { config: found.config(), samples: found.sample_format() }));
        }
    }
    match best {
        Some((_, chosen)) => Ok(chosen),
        None if channels.is_none() && can_read(own.sample_format()) => {
            Ok(Chosen { config: own.config(), samples: own.sample_format() })
        }
        None => Err(ErrorKind::UnsupportedConfig.into()),
    }
}

fn can_read(samples: SampleFormat) -> bool {
    use SampleFormat as S;
    matches!(samples, S::I8 | S::I16 | S::I24 | S::I32 | S::U8 | S::U16 | S::U32 | S::F32 | S::F64)
}

/// What a refusal of the sound system means, and the way out.
fn refused(name: &str, source: cpal::Error) -> CaptureError {
    let why = match source.kind() {
        ErrorKind::DeviceBusy => "another program is using it; close that, or choose another with --device",
        ErrorKind::PermissionDenied => {
            "this program may not use it; allow it in the system's privacy settings (on Linux: join the group \"audio\")"
        }
        ErrorKind::DeviceNotAvailable => "it is not connected; `cutlist devices` lists what is",
        ErrorKind::HostUnavailable => "the sound system does not run",
        ErrorKind::UnsupportedConfig => "it has no such shape of sound; leave --channels out, or choose another device",
        _ => "the sound system refuses it; choose another with --device (`cutlist devices` lists them)",
    };
    CaptureError::Open { name: name.to_owned(), why: why.to_owned(), source }
}

/// An input, ready to be opened.
pub struct Microphone {
    device: cpal::Device,
    name: String,
    chosen: Chosen,
}

impl Source for Microphone {
    fn name(&self) -> &str {
        &self.name
    }

    fn format(&self) -> Format {
        self.chosen.format()
    }

    fn start(&mut self, sink: Sink) -> Result<Box<dyn Any>, CaptureError> {
        use SampleFormat as S;
        let stream = match self.chosen.samples {
            S::I8 => self.build::<i8>(sink),
            S::I16 => self.build::<i16>(sink),
            S::I24 => self.build::<cpal::I24>(sink),
            S::I32 => self.build::<i32>(sink),
            S::U8 => self.build::<u8>(sink),
            S::U16 => self.build::<u16>(sink),
            S::U32 => self.build::<u32>(sink),
            S::F64 => self.build::<f64>(sink),
            _ => self.build::<f32>(sink),
        };
        let stream = stream.and_then(|stream| stream.play().map(|()| stream));
        let stream = stream.map_err(|source| refused(&self.name, source))?;
        Ok(Box::new(stream))
    }
}

impl Microphone {
    fn build<T>(&self, mut sink: Sink) -> Result<cpal::Stream, cpal::Error>
    where
        T: SizedSample,
        i16: FromSample<T>,
    {
        let alarm = sink.alarm();
        let wide = usize::from(self.chosen.config.channels).max(1);
        let kept = usize::from(self.format().channels);
        self.device.build_input_stream(
            self.chosen.config,
            move |data: &[T], _: &cpal::InputCallbackInfo| {
                let samples = data.chunks_exact(wide).flat_map(|frame| &frame[..kept]).map(|s| i16::from_sample(*s));
                sink.take(data.len() / wide, samples);
            },
            move |error| sound(&alarm, &error),
            None,
        )
    }
}

/// What an error in mid-stream means: sound lost, a new route, or the end.
fn sound(alarm: &Alarm, error: &cpal::Error) {
    match error.kind() {
        ErrorKind::Xrun => alarm.overrun(),
        ErrorKind::DeviceChanged => alarm.moved(),
        // Without real-time priority the ring still takes what comes.
        ErrorKind::RealtimeDenied => {}
        _ => alarm.stopped(Trouble::Lost(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<(String, String)> {
        [("hw:0", "USB Audio"), ("hw:1", "USB Camera"), ("pulse", "Sound Server")]
            .map(|(id, name)| (id.into(), name.into()))
            .to_vec()
    }

    #[test]
    fn a_part_of_a_name_is_enough_when_it_fits_one_alone() {
        assert_eq!(pick("camera", &names()).unwrap(), 1);
        assert_eq!(pick("hw:0", &names()).unwrap(), 0);
        assert!(pick("usb", &names()).unwrap_err().to_string().contains("hw:0, hw:1"));
        assert!(pick("bluetooth", &names()).unwrap_err().to_string().contains("cutlist devices"));
    }

    #[test]
    fn only_what_ends_a_stream_is_trouble() {
        let counts = std::sync::Arc::default();
        let (sink, _far) = Sink::new(Format { rate_hz: 100, channels: 1 }, std::sync::Arc::clone(&counts));
        let alarm = sink.alarm();
        for kind in [ErrorKind::Xrun, ErrorKind::DeviceChanged, ErrorKind::RealtimeDenied] {
            sound(&alarm, &kind.into());
        }
        assert_eq!(counts.trouble.get(), None);
        assert_eq!(counts.overruns.load(std::sync::atomic::Ordering::Relaxed), 1);
        sound(&alarm, &ErrorKind::DeviceNotAvailable.into());
        assert!(matches!(counts.trouble.get(), Some(Trouble::Lost(why)) if why.contains("disconnected")));
    }

    #[test]
    fn a_refusal_names_the_way_out() {
        assert!(refused("USB", ErrorKind::DeviceBusy.into()).to_string().contains("another program"));
    }
}
