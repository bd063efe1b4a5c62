//! The allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::arch::asm;
use std::slice;

use crate::watched;

/// The system's allocator, which searches each block for what is watched before it frees it.
#[derive(Clone, Copy, Debug)]
pub struct Inspecting;

// `realloc` is the provided one: a new block, a copy, and `dealloc` for the old one.
#[expect(unsafe_code, reason = "an allocator is unsafe to implement and works on raw memory")]
// SAFETY: the system's allocator does it all; what is added reads a block and changes nothing.
unsafe impl GlobalAlloc for Inspecting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of this method, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of this method, which is the same.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if watched::any() {
            // Bytes that were never written, and padding, have no value that Rust may read. For all
            // that the compiler knows this writes the block, so that they have what lies there.
            // SAFETY: it does nothing, and the block is the caller's to give.
            unsafe {
                asm!("/* {} */", in(reg) block, options(nostack, preserves_flags));
            }
            // SAFETY: the caller gives up a block of that size, which nobody uses any more.
            let bytes = unsafe { slice::from_raw_parts(block, layout.size()) };
            watched::search(bytes);
        }
        // SAFETY: the caller keeps the contract of this method, which is the same.
        unsafe { System.dealloc(block, layout) }
    }
}
