//! Which block is mixed in: RFC 9106, section 3.4.

use super::block::Block;
use crate::Params;

/// A quarter of a lane, in one pass.
pub(crate) struct Segment {
    pass: u32,
    lane: u32,
    slice: u32,
    length: usize,
    lanes: u32,
    iterations: u32,
}

impl Segment {
    /// The segment at this place.
    pub(crate) fn new(params: &Params, pass: u32, lane: u32, slice: u32) -> Self {
        Self { pass, lane, slice, length: params.segment(), lanes: params.parallelism, iterations: params.iterations }
    }

    /// The number of its blocks.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// The first of its blocks to compute: the first two of a lane are made of H0.
    pub(crate) fn first(&self) -> usize {
        if self.pass == 0 && self.slice == 0 { 2 } else { 0 }
    }

    /// Whether its references are independent of the data: in the first half of the first pass.
    pub(crate) fn independent(&self) -> bool {
        self.pass == 0 && self.slice < 2
    }

    /// Where its first block to compute is, after the one before it in its lane.
    pub(crate) fn start(&self) -> (usize, usize) {
        let lane = self.lane as usize * self.lane_length();
        let place = self.before() + self.first();
        let previous = place.checked_sub(1).unwrap_or(self.lane_length() - 1);
        (lane + previous, lane + place)
    }

    fn lane_length(&self) -> usize {
        4 * self.length
    }

    /// The blocks of the lane in the slices before this one.
    fn before(&self) -> usize {
        self.slice as usize * self.length
    }

    /// The block that the one at `index` refers to, by the 64 bits J1 (the low half) and J2 (3.4.1.3 and 3.4.2).
    pub(crate) fn reference(&self, index: usize, random: u64) -> usize {
        let (j1, j2) = (random & 0xffff_ffff, random >> 32);
        let lane = if self.pass == 0 && self.slice == 0 || self.lanes == 1 {
            u64::from(self.lane)
        } else {
            j2 % u64::from(self.lanes)
        };
        // The finished segments of the last four, of that lane; of the present one's own lane, its finished blocks as
        // well, except for the previous block.
        let (finished, oldest) =
            if self.pass == 0 { (self.before(), 0) } else { (3 * self.length, self.before() + self.length) };
        let area =
            if lane == u64::from(self.lane) { finished + index - 1 } else { finished - usize::from(index == 0) } as u64;
        let square = (j1 * j1) >> 32;
        let place = area - 1 - ((area * square) >> 32);
        let place = oldest + place as usize;
        let length = self.lane_length();
        // `oldest` is at most the length of the lane, and `place` is less than that beyond it.
        let place = if place >= length { place - length } else { place };
        lane as usize * length + place
    }
}

/// The 64-bit values of a segment that is independent of the data (3.4.1.2), computed 128 at a time.
pub(crate) struct Addresses {
    input: [u64; 8],
    words: [u64; 128],
    block: usize,
}

impl Addresses {
    /// Those of the segment.
    pub(crate) fn new(segment: &Segment) -> Self {
        let blocks = segment.lane_length() as u64 * u64::from(segment.lanes);
        let mut addresses = Self {
            input: [
                segment.pass.into(),
                segment.lane.into(),
                segment.slice.into(),
                blocks,
                segment.iterations.into(),
                2,
                0,
                0,
            ],
            words: [0; 128],
            block: 0,
        };
        addresses.compute(0);
        addresses
    }

    /// That of the block at `index`.
    pub(crate) fn get(&mut self, index: usize) -> u64 {
        if index / 128 != self.block {
            self.compute(index / 128);
        }
        self.words.get(index % 128).copied().unwrap_or_default()
    }

    fn compute(&mut self, block: usize) {
        self.block = block;
        let [.., counter, _] = &mut self.input;
        *counter = block as u64 + 1;
        let (zero, mut between) = (Block::new(), Block::new());
        let (mut once, mut twice) = (Block::new(), Block::new());
        let input = Block::from_words(self.input);
        once.begin::<false>(&mut between, &zero, &input);
        once.finish::<false>(&between, &zero, &input);
        twice.begin::<false>(&mut between, &zero, &once);
        twice.finish::<false>(&between, &zero, &once);
        for (word, value) in self.words.iter_mut().zip(twice.words()) {
            *word = value;
        }
    }
}
