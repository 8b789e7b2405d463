//! A known string in every form in which it could stand in a file or on a wire.

use base64_simd::STANDARD;

/// One known string and its forms.
#[derive(Clone, Debug)]
pub struct Needle {
    /// What the form is, for the message of a failing test.
    pub form: &'static str,
    pub bytes: Vec<u8>,
}

/// Raw, hexadecimal in both cases, base64 at its three alignments, UTF-16 in both orders.
pub fn needles(secret: &[u8]) -> Vec<Needle> {
    let hex = hex::encode(secret);
    let wide = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        String::from_utf8_lossy(secret).encode_utf16().flat_map(order).collect()
    };
    let mut all = vec![
        Needle { form: "raw", bytes: secret.to_vec() },
        Needle { form: "hex", bytes: hex.clone().into_bytes() },
        Needle { form: "HEX", bytes: hex.to_uppercase().into_bytes() },
        Needle { form: "UTF-16LE", bytes: wide(u16::to_le_bytes) },
        Needle { form: "UTF-16BE", bytes: wide(u16::to_be_bytes) },
    ];
    all.extend((0..3).map(|before| Needle { form: "base64", bytes: base64_core(secret, before) }));
    all
}

/// The characters of base64 that do not depend on what stands before and after.
fn base64_core(secret: &[u8], before: usize) -> Vec<u8> {
    let text = STANDARD.encode_to_string([&vec![0; before][..], secret].concat());
    let first = (before * 8).div_ceil(6);
    let last = (before + secret.len()) * 8 / 6;
    text.as_bytes()[first..last].to_vec()
}

/// The forms of `secrets` that stand in `bytes`: secret and form.
pub fn found(secrets: &[&str], bytes: &[u8]) -> Vec<String> {
    let hits = secrets.iter().flat_map(|secret| {
        needles(secret.as_bytes())
            .into_iter()
            .filter(|needle| memchr::memmem::find(bytes, &needle.bytes).is_some())
            .map(move |needle| format!("{secret} ({})", needle.form))
    });
    hits.collect()
}
