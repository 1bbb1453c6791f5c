//! What a node asks of the consortium's pallet when it has seen an author equivocate.
//!
//! ```
//! use pallet_consortium_runtime_api::Equivocation;
//! # fn shows(seen: &Equivocation<sp_runtime::generic::Header<u32, sp_runtime::traits::BlakeTwo256>>) -> bool {
//! // Both headers carry their seals: that is what proves who made them.
//! seen.first_header != seen.second_header
//! # }
//! ```
#![cfg_attr(not(feature = "std"), no_std)]

use sp_consensus_aura::sr25519::AuthorityId;
use sp_consensus_slots::EquivocationProof;
use sp_session::MembershipProof;

/// Two sealed headers of one author for one slot.
pub type Equivocation<Header> = EquivocationProof<Header, AuthorityId>;

sp_api::decl_runtime_apis! {
	/// Reports of equivocation.
	pub trait EquivocationApi {
		/// Proves to which validator the author's key belongs in this block's session.
		fn prove_author(author: AuthorityId) -> Option<MembershipProof>;
		/// Puts a report into this node's own pool; `None` where the pool refuses it.
		fn report_author(proof: Equivocation<Block::Header>, owner: MembershipProof) -> Option<()>;
	}
}
