//! What is odd about a recording that can still be used.

use std::fmt;

use crate::units::Seconds;

/// Something the user should know about the sound; never a reason to stop.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AudioWarning {
    /// A channel never carries sound while another does; the mix leaves it out.
    DeadChannel {
        /// Counted from 1, as on the plugs.
        channel: usize,
        /// How many there are.
        channels: usize,
    },
    /// A channel is the mirror image of another; added up they would cancel, so the mix turns it round.
    OppositePhase {
        /// Counted from 1.
        channel: usize,
    },
    /// Samples at full scale: the input was too loud.
    Clipping {
        /// Share of all samples, 0 to 1.
        share: f64,
    },
    /// The zero line is not at zero; the mix takes the offset out.
    DcOffset {
        /// Mean of the loudest channel, −1 to 1.
        offset: f64,
    },
    /// The whole recording is very quiet.
    LowLevel {
        /// Root mean square over the recording, dB relative to full scale.
        level_dbfs: f64,
    },
    /// Every sample is zero, or as good as.
    Silent,
    /// The file ends before its header says.
    CutOff {
        /// What the header says.
        stated: Seconds,
        /// What is there.
        decoded: Seconds,
    },
    /// Packets that could not be decoded; silence of the same length stands in for them.
    DamagedPackets {
        /// How many.
        count: usize,
    },
    /// So much damage in a row that reading stopped.
    GaveUp {
        /// Where.
        at: Seconds,
    },
    /// The format of the sound changes halfway; what follows is left out.
    FormatChanges {
        /// Where.
        at: Seconds,
    },
    /// Samples that are no numbers, or far out of scale; they count as zero or full scale.
    WildSamples {
        /// How many.
        count: u64,
    },
}

impl AudioWarning {
    /// The code in the report's `warnings`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::DeadChannel { .. } => "dead_channel",
            Self::OppositePhase { .. } => "opposite_phase",
            Self::Clipping { .. } => "clipping",
            Self::DcOffset { .. } => "dc_offset",
            Self::LowLevel { .. } => "low_level",
            Self::Silent => "silent",
            Self::CutOff { .. } => "cut_off",
            Self::DamagedPackets { .. } => "damaged_packets",
            Self::GaveUp { .. } => "gave_up",
            Self::FormatChanges { .. } => "format_changes",
            Self::WildSamples { .. } => "wild_samples",
        }
    }
}

impl fmt::Display for AudioWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DeadChannel { channel, channels } => {
                write!(f, "channel {channel} of {channels} is silent and is left out; check that cable or microphone")
            }
            Self::OppositePhase { channel } => {
                write!(
                    f,
                    "channel {channel} is the mirror image of another and is turned round; check the cable's polarity"
                )
            }
            Self::Clipping { share } => {
                write!(f, "{:.1} % of the samples are clipped; turn the input level down", share * 100.0)
            }
            Self::DcOffset { offset } => {
                write!(
                    f,
                    "the sound sits {:.1} % off the zero line, which is taken out; check the sound card",
                    offset * 100.0
                )
            }
            Self::LowLevel { level_dbfs } => {
                write!(f, "the recording is very quiet ({level_dbfs:.0} dBFS); move closer or turn the input level up")
            }
            Self::Silent => write!(f, "the recording is silent; check which microphone was used"),
            Self::CutOff { stated, decoded } => {
                write!(
                    f,
                    "the file should last {} and ends at {}; what is there is used",
                    stated.clock(),
                    decoded.clock()
                )
            }
            Self::DamagedPackets { count } => {
                write!(f, "{count} damaged pieces of the file are replaced by silence")
            }
            Self::GaveUp { at } => write!(f, "the file is damaged from {} on; what comes before is used", at.clock()),
            Self::FormatChanges { at } => {
                write!(f, "the sampling rate changes at {}; what comes before is used", at.clock())
            }
            Self::WildSamples { count } => write!(f, "{count} samples are not sound (no number, or far out of scale)"),
        }
    }
}
