//! What a file is, from its first bytes, when it is not sound that can be decoded here.
//!
//! Only kinds that people drop on the program by mistake. The signatures are those of the formats' own
//! specifications; `symphonia` tells the ones it reads apart by itself.

use super::DecodeError;

/// How many bytes of the file are looked at.
pub(super) const HEAD: usize = 4096;

const NOT_SOUND: [(&[u8], &str); 21] = [
    (b"%PDF", "a PDF document"),
    (b"\xFF\xD8\xFF", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM\x00\x00", "a bitmap picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"PK\x03\x04", "a zip archive or an Office document"),
    (b"\x1F\x8B", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xFD7zXZ", "an xz archive"),
    (b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x28\xB5\x2F\xFD", "a zstd archive"),
    (b"\x7FELF", "a program"),
    (b"MZ", "a Windows program"),
    (b"\xCA\xFE\xBA\xBE", "a program"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"MThd", "a MIDI file (notes, not sound)"),
    (b"\xD0\xCF\x11\xE0", "an old Office document"),
    (b"lmgg", "a whisper.cpp model"),
];

const OTHER_SOUND: [(&[u8], &str); 15] = [
    (b"RF64", "a 64-bit wav file"),
    (b"BW64", "a 64-bit wav file"),
    (b"riff\x2E\x91\xCF\x11", "a Wave64 file"),
    (b"\x30\x26\xB2\x75\x8E\x66\xCF\x11", "Windows Media"),
    (b"#!AMR", "an AMR voice memo"),
    (b"caff", "a Core Audio file"),
    (b".snd", "a Sun audio file"),
    (b"wvpk", "a WavPack file"),
    (b"MAC ", "a Monkey's Audio file"),
    (b"DSD ", "a DSD file"),
    (b"TTA1", "a True Audio file"),
    (b"FLV\x01", "a Flash video"),
    (b"\x00\x00\x01\xBA", "an MPEG video"),
    (b"#!SILK", "a SILK voice memo"),
    (b"\x02#!SILK", "a SILK voice memo"),
];

/// Refuses what is known not to be decodable; `head` is the start of the file.
pub(super) fn refuse(name: &str, head: &[u8]) -> Result<(), DecodeError> {
    let name = name.to_owned();
    if let Some((_, looks_like)) = NOT_SOUND.iter().find(|(magic, _)| head.starts_with(magic)) {
        let way_out = "give a recording (wav, flac, mp3, m4a, ogg) or a transcript (txt, srt, vtt, json)";
        return Err(DecodeError::NotAudio { name, looks_like, way_out });
    }
    if let Some((_, looks_like)) = OTHER_SOUND.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(DecodeError::UnsupportedFormat { name, looks_like });
    }
    if head.starts_with(b"RIFF") {
        match head.get(8..12) {
            Some(b"AVI ") => return Err(DecodeError::UnsupportedFormat { name, looks_like: "an AVI video" }),
            Some(b"WEBP") => {
                let way_out = "give a recording";
                return Err(DecodeError::NotAudio { name, looks_like: "a WebP picture", way_out });
            }
            _ => {}
        }
    }
    if head.starts_with(b"OggS") && holds(head, b"OpusHead") {
        return Err(DecodeError::UnsupportedCodec { name, codec: "Opus".into() });
    }
    if head.starts_with(b"OggS") && holds(head, b"Speex   ") {
        return Err(DecodeError::UnsupportedCodec { name, codec: "Speex".into() });
    }
    if is_text(head) {
        let way_out = "a transcript needs the ending .txt, .srt, .vtt or .json";
        return Err(DecodeError::NotAudio { name, looks_like: "text", way_out });
    }
    Ok(())
}

/// Whether `part` occurs in `bytes`.
pub(super) fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn is_text(head: &[u8]) -> bool {
    let whole = match std::str::from_utf8(head) {
        Ok(text) => text,
        // A character cut in two by the end of the head.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !whole.is_empty() && !whole.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(head: &[u8]) -> String {
        refuse("answer", head).unwrap_err().to_string()
    }

    #[test]
    fn a_picture_or_document_is_called_by_its_name() {
        assert!(says(b"%PDF-1.7").contains("looks like a PDF document"));
        assert!(says(b"\xFF\xD8\xFF\xE0..JFIF").contains("looks like a JPEG picture"));
        assert!(says(b"PK\x03\x04....").contains("zip archive"));
        assert!(says("So um — I shipped it.".as_bytes()).contains("looks like text"));
    }

    #[test]
    fn sound_of_another_kind_comes_with_the_way_out() {
        assert!(says(b"#!AMR\n....").contains("ffmpeg -i answer -ar 16000 out.wav"));
        assert!(says(b"OggS\0\x02......OpusHead").contains("Opus"));
        assert!(says(b"RIFF\0\0\0\0AVI LIST").contains("AVI"));
    }

    #[test]
    fn what_may_be_sound_is_let_through() {
        assert!(refuse("x", b"RIFF\0\0\0\0WAVEfmt ").is_ok());
        assert!(refuse("x", b"ID3\x03\0\0\0\0\0\0").is_ok());
        assert!(refuse("x", &[0xFF, 0xFB, 0x90, 0x44]).is_ok());
        assert!(refuse("x", b"").is_ok());
    }
}
