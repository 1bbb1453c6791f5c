//! What the chain would say to a registration, asked before anything is encrypted or uploaded: a payload whose record
//! is rejected would lie in the vault until it is reaped.

use salus_primitives::{
	AccessRequest, Action, InstitutionId, Moment, Origin, Record, RecordId, RecordStatus, Relation, CLOCK_TOLERANCE,
};
use salus_vault::chain::Object;

use super::Put;
use crate::sdk::{access::decided, AccountId, Actor, Client, Error, SubmissionError};

impl Put {
	/// Checks what pallet-records will check, in its order.
	///
	/// # Errors
	/// `Foreseen` with the error the chain would give; `Refused`.
	pub(super) async fn foresee(
		&self,
		client: &Client,
		actor: &Actor,
		custodian: InstitutionId,
		recorded_at: Moment,
	) -> Result<(), Error> {
		let at = client.finalised().await?;
		let foreseen =
			|error: &'static str| Error::from(SubmissionError::foreseen(at.metadata_ref(), "Records", error));
		let ahead = recorded_at > client.time().await?.saturating_add(CLOCK_TOLERANCE);
		if ahead {
			return Err(foreseen("RecordedInFuture"));
		}
		if (self.origin == Origin::Patient) != actor.institution.is_none() {
			return Err(foreseen("OriginMismatch"));
		}
		let target = match self.relates_to {
			Some((relation, id)) => {
				let target = client.proven_record(id).await?.value;
				let target = target.ok_or_else(|| foreseen("UnknownRecord"))?;
				if let Some(error) = self.objection(relation, &target) {
					return Err(foreseen(error));
				}
				Some((relation, id, target))
			}
			None => None,
		};
		let request = self.question(actor, custodian, recorded_at, target.as_ref());
		let object = request.record.map(Object::Record);
		decided(client, &at, object, &request).await?;
		if request.recorded_at != recorded_at {
			// A replacement has to be permitted at its own date too.
			decided(client, &at, object, &AccessRequest { recorded_at, ..request }).await?;
		}
		Ok(())
	}

	/// The vault's refusal as the chain explains it; none when the chain permits.
	pub(super) async fn refused(&self, client: &Client, actor: &Actor, custodian: InstitutionId, at: Moment) -> Error {
		let request = self.question(actor, custodian, at, None);
		let decision = match client.finalised().await {
			Ok(at) => decided(client, &at, None, &request).await,
			Err(error) => Err(error.into()),
		};
		decision.err().unwrap_or(Error::Vault(crate::sdk::VaultError::Refused {
			name: "NotPermitted".into(),
			message: "the chain did not permit this document; try again".into(),
		}))
	}

	/// What pallet-records would object to a target.
	fn objection(&self, relation: Relation, target: &Record<AccountId>) -> Option<&'static str> {
		let replaces = relation == Relation::Replaces;
		if target.patient != self.patient {
			Some("ForeignRelation")
		} else if matches!(target.status, RecordStatus::Erasing | RecordStatus::Erased) {
			Some("RelationErased")
		} else if replaces && target.category != self.category {
			Some("CategoryDiffers")
		} else if replaces && target.compartment != self.compartment {
			Some("CompartmentDiffers")
		} else if replaces && target.status != RecordStatus::Current {
			Some("NotCurrent")
		} else {
			None
		}
	}

	/// The question to the decision engine: to amend what is replaced, else to append.
	fn question(
		&self,
		actor: &Actor,
		custodian: InstitutionId,
		recorded_at: Moment,
		target: Option<&(Relation, RecordId, Record<AccountId>)>,
	) -> AccessRequest<AccountId> {
		let append = AccessRequest {
			requester: actor.account.id(),
			on_behalf_of: actor.institution,
			patient: self.patient,
			record: None,
			custodian,
			category: self.category,
			compartment: self.compartment,
			recorded_at,
			author: actor.account.id(),
			status: None,
			action: Action::Append,
			purpose: self.purpose,
		};
		match target {
			Some((Relation::Replaces, id, target)) => AccessRequest {
				record: Some(*id),
				custodian: target.custodian,
				recorded_at: target.recorded_at,
				author: target.author,
				status: Some(target.status),
				action: Action::Amend,
				..append
			},
			_ => append,
		}
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::{super::tests::*, *};
	use crate::sdk::Identity;
	use salus_primitives::Category;

	#[test]
	fn a_target_that_cant_be_related_to_is_objected_to_as_the_chain_does() {
		let put = World::new(b"a document").put;
		let target = record(&put);
		let objection = |change: fn(&mut Record<AccountId>), relation| {
			let mut target = target.clone();
			change(&mut target);
			put.objection(relation, &target)
		};
		assert_eq!(objection(|_| (), Relation::Replaces), None);
		assert_eq!(
			objection(|target| target.patient += 1, Relation::Appends),
			Some("ForeignRelation")
		);
		assert_eq!(
			objection(|target| target.status = RecordStatus::Erased, Relation::Signs),
			Some("RelationErased")
		);
		let categories: fn(&mut Record<AccountId>) = |target| target.category = Category::Laboratory;
		assert_eq!(objection(categories, Relation::Replaces), Some("CategoryDiffers"));
		assert_eq!(objection(categories, Relation::Appends), None);
		assert_eq!(
			objection(|target| target.compartment = None, Relation::Replaces),
			Some("CompartmentDiffers")
		);
		assert_eq!(
			objection(|target| target.status = RecordStatus::Superseded(9), Relation::Replaces),
			Some("NotCurrent")
		);
	}

	#[test]
	fn a_replacement_asks_to_amend_and_anything_else_to_append() {
		let put = World::new(b"a document").put;
		let actor = Actor {
			account: Identity::from_seed(&[1; 32]).account().clone(),
			institution: Some(0),
		};
		let target = |relation| (relation, 40, record(&put));
		let append = put.question(&actor, 0, 5, None);
		assert_eq!(
			(append.action, append.record, append.recorded_at),
			(Action::Append, None, 5)
		);
		assert_eq!(
			put.question(&actor, 0, 5, Some(&target(Relation::Appends))).action,
			Action::Append
		);
		let amend = put.question(&actor, 0, 5, Some(&target(Relation::Replaces)));
		assert_eq!(
			(amend.action, amend.record, amend.recorded_at),
			(Action::Amend, Some(40), RECORDED)
		);
	}
}
