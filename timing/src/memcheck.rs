//! What memcheck is told: which bytes are secret, and where they stop being so.
//!
//! memcheck follows bits that were never written and reports a branch or an address that depends
//! on one. A secret is declared to be such bits; their value does not change.

#![expect(unsafe_code, reason = "a client request of valgrind is a sequence of instructions")]

#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
compile_error!("client requests are written here for Linux on x86-64 and nothing else");

/// The same value, all bytes of it secret. For types that are bytes and nothing else.
pub(crate) fn secret<T>(mut value: T) -> T {
    request(MAKE_MEM_UNDEFINED, (&raw mut value).expose_provenance(), size_of::<T>(), 0);
    value
}

/// These bytes are secret from here on, where they lie.
pub(crate) fn secret_bytes(bytes: &[u8]) {
    request(MAKE_MEM_UNDEFINED, bytes.as_ptr().expose_provenance(), bytes.len(), 0);
}

/// The same value, all bytes of it public from here on.
pub(crate) fn public<T>(mut value: T) -> T {
    request(MAKE_MEM_DEFINED, (&raw mut value).expose_provenance(), size_of::<T>(), 0);
    value
}

/// The same bytes, public from here on.
pub(crate) fn public_bytes(mut bytes: Vec<u8>) -> Vec<u8> {
    request(MAKE_MEM_DEFINED, bytes.as_mut_ptr().expose_provenance(), bytes.len(), 0);
    bytes
}

/// Whether every byte depends on a secret: that one came as far as here.
pub(crate) fn is_secret(bytes: &[u8]) -> bool {
    undefined_bits(bytes).iter().all(|bits| *bits != 0)
}

/// Whether no byte depends on a secret.
pub(crate) fn is_public(bytes: &[u8]) -> bool {
    undefined_bits(bytes).iter().all(|bits| *bits == 0)
}

/// Whether valgrind runs this at all.
pub(crate) fn is_watching() -> bool {
    request(RUNNING_ON_VALGRIND, 0, 0, 0) != 0
}

fn undefined_bits(bytes: &[u8]) -> Vec<u8> {
    let mut bits = vec![0; bytes.len()];
    let from = bytes.as_ptr().expose_provenance();
    let to = bits.as_mut_ptr().expose_provenance();
    assert_eq!(request(GET_VBITS, from, to, bytes.len()), 1, "not memory");
    bits
}

/// `VALGRIND_DO_CLIENT_REQUEST_EXPR` of valgrind.h; 0 where no valgrind listens.
fn request(code: usize, a: usize, b: usize, c: usize) -> usize {
    let arguments = [code, a, b, c, 0, 0];
    let mut answer = 0_usize;
    // SAFETY: the four rotations of rdi add up to 128 bits, so it keeps its value, and rbx is
    // exchanged with itself: a processor does nothing here. valgrind knows the sequence, reads the
    // six words behind rax and answers in rdx. The requests made here write memory in one case,
    // GET_VBITS, into a buffer of the caller's that is as long as is said.
    unsafe {
        std::arch::asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") &raw const arguments,
            inout("rdx") answer,
            inout("rdi") 0_usize => _,
        );
    }
    answer
}

const RUNNING_ON_VALGRIND: usize = 0x1001;

/// `VG_USERREQ_TOOL_BASE('M', 'C')`.
const MEMCHECK: usize = 0x4d43_0000;
const MAKE_MEM_UNDEFINED: usize = MEMCHECK + 1;
const MAKE_MEM_DEFINED: usize = MEMCHECK + 2;
const GET_VBITS: usize = MEMCHECK + 8;
