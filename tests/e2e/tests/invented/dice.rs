//! Chance that is the same every time.

/// Numbers that look like chance: the same for the same seed, on every machine.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn of(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66)
    }

    /// The next number. Source: SplitMix64 of Steele, Lea and Flood.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("it is below one")
    }

    /// Yes in one of so many cases.
    pub(crate) fn one_in(&mut self, cases: usize) -> bool {
        self.below(cases) == 0
    }

    pub(crate) fn of_these<'a, T>(&mut self, some: &'a [T]) -> &'a T {
        &some[self.below(some.len())]
    }

    /// Takes one out.
    pub(crate) fn take<T>(&mut self, some: &mut Vec<T>) -> T {
        some.swap_remove(self.below(some.len()))
    }

    /// Something before and after: mostly the same.
    pub(crate) fn twice<T: Clone>(&mut self, mut make: impl FnMut(&mut Dice) -> T) -> [T; 2] {
        let first = make(self);
        match self.one_in(3) {
            true => [first, make(self)],
            false => [first.clone(), first],
        }
    }

    /// Whether something is there before and after: mostly both times.
    pub(crate) fn there(&mut self) -> [bool; 2] {
        [[true, true], [true, true], [true, false], [false, true]][self.below(4)]
    }
}
