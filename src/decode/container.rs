//! The only file that names `symphonia`: container → packets → interleaved samples.
//!
//! Every call into the decoders is guarded: they are young code facing files from anywhere, and a panic in them must
//! not take the program down.

use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::{AudioCodecId, AudioDecoder, AudioDecoderOptions, well_known};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::units::TimeBase;

use super::DecodeError;
use super::source::Repaired;

/// Damaged packets in a row after which the rest is given up.
const MAX_DAMAGED_IN_ROW: usize = 500;
/// Silence that stands in for one damaged packet at most: packets are far shorter, so more is a damaged length.
const MAX_GAP_S: f64 = 1.0;

/// What the next piece of a file is.
pub(super) enum Piece {
    /// Interleaved samples, in the buffer that was handed over.
    Sound {
        /// Samples a second.
        rate_hz: u32,
        /// Samples a frame.
        channels: usize,
    },
    /// A packet that cannot be decoded.
    Damaged {
        /// How long it should have been.
        length_s: f64,
    },
    /// The end, as the container has it.
    End,
    /// The end, in the middle of something.
    CutOff,
    /// More damage than is worth reading through.
    GaveUp,
}

/// An open file with its first sound track.
pub(super) struct Container {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    time_base: Option<TimeBase>,
    /// Length of the sound by the header, in seconds.
    pub(super) stated_s: Option<f64>,
    /// The container's short name, e.g. `wave`.
    pub(super) kind: &'static str,
    damaged_in_row: usize,
}

impl Container {
    /// Finds the container and its first sound track that can be decoded.
    pub(super) fn open(source: Repaired, name: &str, extension: Option<&str>) -> Result<Self, DecodeError> {
        let mut hint = Hint::new();
        if let Some(extension) = extension {
            hint.with_extension(extension);
        }
        let stream = MediaSourceStream::new(Box::new(source), MediaSourceStreamOptions::default());
        let format = guarded(|| {
            symphonia::default::get_probe().probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
        })
        .map_err(|error| refusal(name, error))?;
        let track = best_track(format.as_ref()).ok_or_else(|| DecodeError::NoAudioTrack { name: name.to_owned() })?;
        let decoder = decoder(track, name)?;
        let time_base = track.time_base;
        let rate_hz = parameters(track).and_then(|parameters| parameters.sample_rate);
        let stated_s = match (track.num_frames, rate_hz, track.duration, time_base) {
            (Some(frames), Some(rate_hz @ 1..), _, _) => Some(frames as f64 / f64::from(rate_hz)),
            (_, _, Some(duration), Some(base)) => seconds(base, duration.get()),
            _ => None,
        };
        Ok(Self {
            track: track.id,
            kind: format.format_info().short_name,
            time_base,
            stated_s,
            decoder,
            format,
            damaged_in_row: 0,
        })
    }

    /// The next piece; its samples replace what is in `samples`.
    pub(super) fn next(&mut self, samples: &mut Vec<f32>) -> Piece {
        loop {
            let packet = match guarded(|| self.format.next_packet()) {
                Ok(Some(packet)) => packet,
                Ok(None) => return Piece::End,
                // A chained Ogg stream: a new one begins where the old one ends.
                Err(Error::ResetRequired) => {
                    let Some(next) = best_track(self.format.as_ref()) else { return Piece::End };
                    let Ok(next_decoder) = decoder(next, "") else { return Piece::GaveUp };
                    self.track = next.id;
                    self.time_base = next.time_base;
                    self.decoder = next_decoder;
                    continue;
                }
                Err(Error::IoError(_)) => return Piece::CutOff,
                Err(_) => {
                    // A reader that fails without moving on would fail for ever; the count bounds that.
                    self.damaged_in_row += 1;
                    if self.damaged_in_row > MAX_DAMAGED_IN_ROW {
                        return Piece::GaveUp;
                    }
                    return Piece::Damaged { length_s: 0.0 };
                }
            };
            if packet.track_id != self.track {
                continue;
            }
            let decoded = guarded(|| {
                let buffer = self.decoder.decode(&packet)?;
                let (rate_hz, channels) = (buffer.spec().rate(), buffer.spec().channels().count());
                if channels > 0 {
                    buffer.copy_to_vec_interleaved(samples);
                } else {
                    samples.clear();
                }
                Ok((rate_hz, channels))
            });
            if let Ok((rate_hz, channels)) = decoded {
                self.damaged_in_row = 0;
                return Piece::Sound { rate_hz, channels };
            }
            self.damaged_in_row += 1;
            if self.damaged_in_row > MAX_DAMAGED_IN_ROW {
                return Piece::GaveUp;
            }
            let length_s = self.time_base.and_then(|base| seconds(base, packet.dur.get())).unwrap_or(0.0);
            return Piece::Damaged { length_s: length_s.min(MAX_GAP_S) };
        }
    }
}

fn seconds(base: TimeBase, ticks: u64) -> Option<f64> {
    let length_s = ticks as f64 * f64::from(base.numer.get()) / f64::from(base.denom.get());
    length_s.is_finite().then_some(length_s)
}

fn parameters(track: &Track) -> Option<&symphonia::core::codecs::audio::AudioCodecParameters> {
    track.codec_params.as_ref().and_then(CodecParameters::audio)
}

/// The default sound track, or the first other one that can be decoded.
fn best_track(format: &dyn FormatReader) -> Option<&Track> {
    let codecs = symphonia::default::get_codecs();
    let decodable = |track: &&Track| parameters(track).is_some_and(|p| codecs.get_audio_decoder(p.codec).is_some());
    format
        .default_track(TrackType::Audio)
        .filter(decodable)
        .or_else(|| format.tracks().iter().find(decodable))
        .or_else(|| format.default_track(TrackType::Audio))
}

fn decoder(track: &Track, name: &str) -> Result<Box<dyn AudioDecoder>, DecodeError> {
    let Some(parameters) = parameters(track) else {
        return Err(DecodeError::NoAudioTrack { name: name.to_owned() });
    };
    guarded(|| symphonia::default::get_codecs().make_audio_decoder(parameters, &AudioDecoderOptions::default()))
        .map_err(|error| match error {
            Error::Unsupported(_) => {
                DecodeError::UnsupportedCodec { name: name.to_owned(), codec: codec_name(parameters.codec) }
            }
            other => DecodeError::Damaged { name: name.to_owned(), problem: other.to_string() },
        })
}

fn refusal(name: &str, error: Error) -> DecodeError {
    let name = name.to_owned();
    match error {
        Error::IoError(source) if source.kind() == std::io::ErrorKind::UnexpectedEof => {
            DecodeError::Damaged { name, problem: "it ends in the middle of its header".into() }
        }
        Error::IoError(source) => DecodeError::Io { name, source },
        Error::Unsupported(_) => DecodeError::Damaged { name, problem: "no known format is in it".into() },
        other => DecodeError::Damaged { name, problem: other.to_string() },
    }
}

fn codec_name(id: AudioCodecId) -> String {
    let known = [
        (well_known::CODEC_ID_OPUS, "Opus"),
        (well_known::CODEC_ID_SPEEX, "Speex"),
        (well_known::CODEC_ID_AC3, "Dolby Digital (AC-3)"),
        (well_known::CODEC_ID_EAC3, "Dolby Digital Plus (E-AC-3)"),
        (well_known::CODEC_ID_DCA, "DTS"),
        (well_known::CODEC_ID_AAC, "an AAC variant other than AAC-LC"),
        (well_known::CODEC_ID_MP1, "MPEG layer I"),
        (well_known::CODEC_ID_MP2, "MPEG layer II"),
        (well_known::CODEC_ID_WMA, "Windows Media Audio"),
        (well_known::CODEC_ID_TRUEHD, "Dolby TrueHD"),
    ];
    known.iter().find(|(known, _)| *known == id).map_or_else(|| "of an unknown kind".into(), |(_, name)| (*name).into())
}

/// Runs a call into the decoders; a panic in them counts as a malformed stream.
fn guarded<T>(call: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or(Err(Error::DecodeError("the decoder gave up on it")))
}
