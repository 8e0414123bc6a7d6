//! The systems that a library can be built for, and the one this program runs on.

use object::{Architecture, BinaryFormat, elf};
use std::env::consts;
use std::fmt;

/// A file format, an instruction set and a byte order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct System {
    pub(super) format: BinaryFormat,
    /// As [`std::env::consts::ARCH`] writes it.
    pub(super) architecture: &'static str,
    pub(super) little_endian: bool,
}

impl System {
    /// The system that this program runs on.
    pub(super) fn current() -> Self {
        System {
            format: if cfg!(windows) {
                BinaryFormat::Pe
            } else if cfg!(target_vendor = "apple") {
                BinaryFormat::MachO
            } else {
                BinaryFormat::Elf
            },
            architecture: consts::ARCH,
            little_endian: cfg!(target_endian = "little"),
        }
    }
}

/// `x86_64 ELF`, and the byte order where it is the rarer one.
impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = if self.little_endian {
            ""
        } else {
            "big-endian "
        };
        let format = match self.format {
            BinaryFormat::Elf => "ELF (Linux and other Unix systems)",
            BinaryFormat::MachO => "Mach-O (macOS)",
            BinaryFormat::Pe => "PE (Windows)",
            _ => "unknown format",
        };
        write!(f, "{order}{} {format}", self.architecture)
    }
}

/// The instruction set that an ELF header names.
pub(super) fn elf_architecture(machine: elf::Machine, is_64: bool) -> &'static str {
    match (machine, is_64) {
        (elf::EM_X86_64, true) => "x86_64",
        (elf::EM_X86_64, false) => "x32",
        (elf::EM_386, _) => "x86",
        (elf::EM_AARCH64, true) => "aarch64",
        (elf::EM_ARM, _) => "arm",
        (elf::EM_RISCV, true) => "riscv64",
        (elf::EM_RISCV, false) => "riscv32",
        (elf::EM_PPC64, _) => "powerpc64",
        (elf::EM_PPC, _) => "powerpc",
        (elf::EM_S390, true) => "s390x",
        (elf::EM_LOONGARCH, true) => "loongarch64",
        (elf::EM_LOONGARCH, false) => "loongarch32",
        (elf::EM_MIPS, true) => "mips64",
        (elf::EM_MIPS, false) => "mips",
        (elf::EM_SPARCV9, true) => "sparc64",
        (elf::EM_SPARC | elf::EM_SPARC32PLUS, _) => "sparc",
        (elf::EM_68K, _) => "m68k",
        (elf::EM_CSKY, _) => "csky",
        (elf::EM_HEXAGON, _) => "hexagon",
        _ => "unknown machine",
    }
}

/// The instruction set of a library of another format.
pub(super) fn other_architecture(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::X86_64 => "x86_64",
        Architecture::I386 => "x86",
        Architecture::Aarch64 => "aarch64",
        Architecture::Arm => "arm",
        _ => "unknown machine",
    }
}
