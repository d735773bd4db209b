//! Argon2id over blocks of word pairs: RFC 9106, section 3.2.

mod block;
mod hash;
mod index;
mod pair;

pub(crate) use block::Block;

use zeroize::Zeroizing;

use crate::{Error, Inputs, Params};
use index::{Addresses, Segment};

/// Fills `blocks`, which are as many as `params` asks for, and computes the tag.
pub(crate) fn fill(params: &Params, inputs: &Inputs<'_>, blocks: &mut [Block], out: &mut [u8]) -> Result<(), Error> {
    let lane_length = 4 * params.segment();
    let seed = hash::seed(params, inputs, out.len())?;
    for (lane, blocks) in (0u32..).zip(blocks.chunks_exact_mut(lane_length)) {
        for (column, block) in (0u32..2).zip(blocks) {
            let mut bytes = Zeroizing::new([0; Block::BYTES]);
            let parts = [&seed[..], &column.to_le_bytes(), &lane.to_le_bytes()];
            hash::long(&parts, &mut *bytes)?;
            block.load(&bytes);
        }
    }

    // What lies between the two halves of a compression; cleared like the memory itself.
    let mut between = Zeroizing::new(Block::new());
    for pass in 0..params.iterations {
        for slice in 0..4 {
            for lane in 0..params.parallelism {
                let segment = Segment::new(params, pass, lane, slice);
                if pass == 0 {
                    fill_segment::<false>(&segment, blocks, &mut between)?;
                } else {
                    fill_segment::<true>(&segment, blocks, &mut between)?;
                }
            }
        }
    }

    let mut last = Zeroizing::new(Block::new());
    for lane in blocks.chunks_exact(lane_length) {
        last.add(lane.last().ok_or(Error::Internal)?);
    }
    let mut bytes = Zeroizing::new([0; Block::BYTES]);
    last.store(&mut bytes);
    hash::long(&[&bytes[..]], out)
}

/// Fills a quarter of a lane. `OVER` says that the blocks hold those of the pass before, which are mixed in.
///
/// Which block is mixed in next is known once the first column of the present one is done. Its lines are fetched at that
/// point, while the other columns are computed: the nearest there is to a prefetch instruction.
fn fill_segment<const OVER: bool>(segment: &Segment, blocks: &mut [Block], between: &mut Block) -> Result<(), Error> {
    let mut addresses = segment.independent().then(|| Addresses::new(segment));
    let (mut previous, mut current) = segment.start();
    let random = match &mut addresses {
        Some(addresses) => addresses.get(segment.first()),
        None => blocks.get(previous).ok_or(Error::Internal)?.first_word(),
    };
    let mut reference = segment.reference(segment.first(), random);
    for index in segment.first()..segment.length() {
        let used = [current, previous, reference];
        let [block, before, other] = disjoint(blocks, used)?;
        block.begin::<OVER>(between, before, other);

        let next = index + 1;
        if next < segment.length() {
            let random = match &mut addresses {
                Some(addresses) => addresses.get(next),
                None => block.first_word(),
            };
            reference = segment.reference(next, random);
            blocks.get(reference).ok_or(Error::Internal)?.fetch();
        }

        let [block, before, other] = disjoint(blocks, used)?;
        block.finish::<OVER>(between, before, other);
        previous = current;
        current += 1;
    }
    Ok(())
}

/// The block that is computed and the two that it is computed from. They differ: section 3.4.2 leaves the present and
/// the previous block out of those that can be referred to.
fn disjoint(blocks: &mut [Block], used: [usize; 3]) -> Result<[&mut Block; 3], Error> {
    blocks.get_disjoint_mut(used).map_err(|_| Error::Internal)
}
