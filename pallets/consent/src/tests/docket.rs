//! Whether the docket counts as a plain list of the dates does.

use crate::Docket;
use proptest::prelude::*;
use salus_primitives::{DAY, HOUR};

proptest! {
	#[test]
	fn the_docket_counts_what_a_plain_list_counts(
		steps in prop::collection::vec((0u64..9 * DAY, 0u64..2 * DAY, any::<bool>()), 1..200),
	) {
		let (mut docket, mut plain) = (Docket::default(), Vec::<u64>::new());
		let mut now = 500 * DAY;
		for (ahead, later, adds) in steps {
			if adds {
				let due = now + ahead % (8 * DAY + 1);
				docket.add(due, now);
				plain.push(due / HOUR * HOUR);
			} else if !plain.is_empty() {
				let due = plain.swap_remove(usize::try_from(ahead).unwrap() % plain.len());
				docket.remove(due, now);
			}
			now += later / 4;
			let late = plain.iter().filter(|due| **due <= now).count();
			prop_assert_eq!(docket.overdue(now) as usize, late);
			prop_assert_eq!(docket.is_overdue(now), late > 0);
			prop_assert_eq!(docket.waiting(now) as usize, plain.len() - late);
		}
	}
}
