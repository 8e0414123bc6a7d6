//! Writes the smallest ELF files that look like plugins.

use dapter_plugin_api::abi::HEADER_SYMBOL;
use dapter_plugin_api::abi::descriptor::target;

/// The machine that these tests run on, as ELF numbers it.
const MACHINE: u16 = if cfg!(target_arch = "aarch64") {
    183
} else {
    62
};

/// What to write; the default is a plugin that passes every check.
pub(super) struct ElfFile {
    pub(super) machine: u16,
    pub(super) kind: u16,
    pub(super) symbol: String,
    pub(super) section: Option<String>,
}

impl Default for ElfFile {
    fn default() -> Self {
        ElfFile {
            machine: MACHINE,
            kind: 3,
            symbol: HEADER_SYMBOL.to_owned(),
            section: Some(descriptor("sample", &["sample"])),
        }
    }
}

/// The descriptor of a plugin with one adapter, of the same key.
pub(super) fn descriptor(name: &str, schemes: &[&str]) -> String {
    format!(
        r#"{{"format":1,"name":"{name}","version":"1.2.3","abi":"1.0","sdk":"1.0.0","target":"{}","adapters":[{{"key":"{name}","schemes":{schemes:?},"extension":"sql","comment":"--","execution":"blocking"}}]}}"#,
        target()
    )
}

/// A plugin with this name and these schemes.
pub(super) fn plugin(name: &str, schemes: &[&str]) -> Vec<u8> {
    ElfFile {
        section: Some(descriptor(name, schemes)),
        ..ElfFile::default()
    }
    .bytes()
}

const HEADER: usize = 64;
const PROGRAM_HEADER: usize = 56;
const SYMBOL: usize = 24;

impl ElfFile {
    /// The file: header, one segment, symbols, their names, descriptor, section names, section headers.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let symbol_names = format!("\0{}\0", self.symbol);
        let section_names = "\0.dynsym\0.dynstr\0.shstrtab\0.dapter\0";
        let section = self.section.as_deref().unwrap_or_default();
        let symbols_at = HEADER + PROGRAM_HEADER;
        let symbol_names_at = symbols_at + 2 * SYMBOL;
        let section_at = symbol_names_at + symbol_names.len();
        let section_names_at = section_at + section.len();
        let headers_at = section_names_at + section_names.len();
        let count: u16 = if self.section.is_some() { 5 } else { 4 };

        let mut file = Vec::new();
        file.extend(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
        half(&mut file, &[self.kind, self.machine]);
        word(&mut file, &[1]);
        wide(&mut file, &[0, HEADER, headers_at]);
        word(&mut file, &[0]);
        half(&mut file, &[64, 56, 1, 64, count, 3]);

        word(&mut file, &[1, 4]);
        wide(
            &mut file,
            &[0, 0, 0, section_names_at, section_names_at, 0x1000],
        );

        file.extend([0; SYMBOL]);
        word(&mut file, &[1]);
        file.extend([0x11, 0]);
        half(&mut file, &[1]);
        wide(&mut file, &[symbols_at, 8]);

        file.extend(
            symbol_names
                .bytes()
                .chain(section.bytes())
                .chain(section_names.bytes()),
        );

        section_header(&mut file, 0, 0, 0, 0, 0, 0);
        section_header(&mut file, 1, 11, symbols_at, 2 * SYMBOL, 2, SYMBOL);
        section_header(&mut file, 9, 3, symbol_names_at, symbol_names.len(), 0, 0);
        section_header(
            &mut file,
            17,
            3,
            section_names_at,
            section_names.len(),
            0,
            0,
        );
        if self.section.is_some() {
            section_header(&mut file, 27, 1, section_at, section.len(), 0, 0);
        }
        file
    }
}

fn section_header(
    file: &mut Vec<u8>,
    name: u32,
    kind: u32,
    offset: usize,
    size: usize,
    link: u32,
    entry: usize,
) {
    word(file, &[name, kind]);
    wide(file, &[2, offset, offset, size]);
    word(file, &[link, 1]);
    wide(file, &[1, entry]);
}

fn half(file: &mut Vec<u8>, values: &[u16]) {
    file.extend(values.iter().flat_map(|value| value.to_le_bytes()));
}

fn word(file: &mut Vec<u8>, values: &[u32]) {
    file.extend(values.iter().flat_map(|value| value.to_le_bytes()));
}

fn wide(file: &mut Vec<u8>, values: &[usize]) {
    file.extend(
        values
            .iter()
            .flat_map(|&value| (value as u64).to_le_bytes()),
    );
}
