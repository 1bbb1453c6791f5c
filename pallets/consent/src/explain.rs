//! Decisions explained: the same rules, with what they met on the way.

use crate::{
	decide::{decide_noting, Note},
	Config, Pallet,
};
use alloc::vec::Vec;
use core::cmp::Reverse;
use salus_primitives::{AccessRequest, Explanation, Miss, Rule};

impl<T: Config> Pallet<T> {
	/// The decision, the rule that decided, and what would have to change: the denial that refused, the case that waits
	/// for approvals, or, where nothing permits, every grant to the requester with the first check it failed.
	pub fn explain(request: &AccessRequest<T::AccountId>) -> Explanation<T::AccountId> {
		let (mut denial, mut waiting, mut misses) = (None, None, Vec::new());
		let (rule, decision) = decide_noting::<T>(request, &mut |note| match note {
			Note::Denial(id) => denial = Some(id),
			Note::Waiting(id) => waiting = Some(id),
			Note::Miss(grantee, grant, reason) => misses.push(Miss {
				grantee: grantee.clone(),
				grant,
				reason,
			}),
		});
		if rule != Rule::Nothing {
			misses.clear();
		}
		misses.sort_by_key(|miss| (Reverse(miss.reason), miss.grant));
		Explanation {
			decision,
			rule,
			denial,
			waiting,
			misses,
		}
	}
}
