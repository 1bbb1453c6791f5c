//! Who acts in the stories, and what they do again and again.

use super::*;
use codec::Encode;
use frame_system::offchain::CreateAuthorizedTransaction;
use pallet_records::{ciphertext_size, MIN_PADDED};
use pallet_roles::ActOf;
use salus_primitives::{
	tagged, wrapped, Acceptance, Application, Capacity, Cid, DocStatus, HpkeKey, Institution, Media, NewRecord, Origin,
	Voucher, ACCEPT_TAG, APPLICATION_TAG, REGISTER_TAG, VOUCHER_TAG,
};
use salus_vault::wrap::HpkeSecret;
use sp_core::{ed25519, sr25519, Pair, H256};
use sp_io::hashing::{blake2_256, sha2_256};

/// The two hospitals.
pub const A: InstitutionId = 0;
pub const B: InstitutionId = 1;

/// Their staff.
pub const ADMIN: &str = "//Alice//admin";
pub const ADMIN_OF_B: &str = "//Bob//admin";
pub const ADA: &str = "//Alice//doctor";
pub const NED: &str = "//Alice//nurse";
pub const BEA: &str = "//Bob//doctor";
pub const NAT: &str = "//Bob//nurse";

/// Somebody's id at an institution, and the keys she has there.
#[derive(Clone)]
pub struct Patient {
	pub id: PatientId,
	pub at: InstitutionId,
	/// What her account is derived from.
	pub key: String,
	pub hpke: HpkeKey,
}

/// An HPKE key that nobody else has.
pub fn hpke(name: &str) -> HpkeKey {
	public(&HpkeSecret::derive_key_pair(&blake2_256(name.as_bytes())))
}

/// The keys of a person's `n`th id at an institution: `//salus//<genesis>//<institution>//<n>` of her seed.
pub fn derive(person: &str, genesis: Hash, institution: InstitutionId, n: u32) -> (String, HpkeKey) {
	let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
	let seed = hex(&blake2_256(person.as_bytes()));
	let uri = format!("0x{seed}//salus//{}//{institution}//{n}", hex(genesis.as_bytes()));
	let (_, mini_secret) = sr25519::Pair::from_string_with_seed(&uri, None).unwrap();
	let hpke = public(&HpkeSecret::derive(&mini_secret.unwrap()).unwrap());
	(uri, hpke)
}

fn public(secret: &HpkeSecret) -> HpkeKey {
	match secret.public() {
		salus_vault::wrap::HpkeKey::X25519(key) => HpkeKey::X25519(key),
		other => panic!("not X25519: {other:?}"),
	}
}

fn signature(who: &str, message: &[u8]) -> Signature {
	key(who).sign(message).into()
}

/// A denial of everything.
pub fn everything() -> DenialTerms<AccountId> {
	DenialTerms::all()
}

impl World {
	/// Thirty days of these, from now on.
	pub fn terms(&self, actions: &[Action], purposes: &[Purpose], categories: &[Category]) -> Terms {
		Terms {
			actions: ActionSet::of(actions),
			purposes: PurposeSet::of(purposes),
			categories: CategorySet::of(categories),
			starts: self.now(),
			ends: self.now() + 30 * DAY,
			..Terms::none()
		}
	}

	/// Everything, for thirty days.
	pub fn all_terms(&self) -> Terms {
		self.terms(&Action::ALL, &Purpose::ALL, &Category::ALL)
	}

	/// The registration of a person's first id at a hospital by a voucher of its first officer, under these terms.
	pub fn registration(&mut self, person: &str, institution: InstitutionId, terms: Terms) -> UncheckedExtrinsic {
		let keys = derive(person, self.genesis, institution, 0);
		self.registration_with(keys, institution, terms)
	}

	/// The same with these keys.
	pub fn registration_with(
		&mut self,
		(uri, hpke): (String, HpkeKey),
		institution: InstitutionId,
		terms: Terms,
	) -> UncheckedExtrinsic {
		self.made += 1;
		let letter = ed25519::Pair::from_seed(&blake2_256(&("letter", self.made).encode()));
		let officer = self.officers[&institution][0].clone();
		let published = self.read(|| Roles::institution(institution).unwrap().admission_terms);
		let voucher = Voucher {
			genesis: self.genesis,
			institution,
			terms: H256(blake2_256(&published.encode())),
			key: letter.public().0,
			not_after: self.now() + 7 * DAY,
		};
		let controller = account(&uri);
		let by_both = (self.genesis, institution, voucher.key, &controller, &hpke, &terms);
		let call = pallet_roles::Call::<Runtime>::register_patient {
			officer: account(&officer),
			voucher_signature: signature(&officer, &wrapped(VOUCHER_TAG, &voucher)),
			key_signature: letter.sign(&tagged(REGISTER_TAG, &by_both)).0,
			controller_signature: signature(&uri, &wrapped(REGISTER_TAG, &by_both)),
			controller: controller.clone(),
			hpke: hpke.clone(),
			terms: terms.clone(),
			voucher,
		};
		<Runtime as CreateAuthorizedTransaction<RuntimeCall>>::create_authorized_transaction(call.into())
	}

	/// A person registers herself at a hospital and accepts its admission terms as they are.
	pub fn patient(&mut self, person: &str, institution: InstitutionId) -> Patient {
		let terms = self.read(|| Roles::institution(institution).unwrap().admission_terms);
		self.patient_under(person, institution, terms)
	}

	/// The same, under narrower terms.
	pub fn patient_under(&mut self, person: &str, institution: InstitutionId, terms: Terms) -> Patient {
		let (key, hpke) = derive(person, self.genesis, institution, 0);
		let registration = self.registration(person, institution, terms);
		self.submit(registration).unwrap().unwrap();
		let controller = account(&key);
		let id = self.read(|| Roles::patient_of(&controller)).unwrap();
		Patient {
			id,
			at: institution,
			key,
			hpke,
		}
	}

	/// Two officers do what takes two.
	pub fn officers_do(&mut self, institution: InstitutionId, act: ActOf<Runtime>) -> Result<(), DispatchError> {
		let [proposer, confirmer] = self.officers[&institution].clone();
		let proposed = act.clone();
		self.send(
			&proposer,
			pallet_roles::Call::propose_act {
				institution,
				act: proposed,
			},
		)?;
		self.send(&confirmer, pallet_roles::Call::confirm_act { institution, act })
	}

	/// The council admits an institution with two officers of its own.
	pub fn admit(&mut self, kind: InstitutionKind) -> InstitutionId {
		let id = self.read(pallet_roles::NextInstitution::<Runtime>::get);
		let officers = [1, 2].map(|n| format!("//{}//{id}//officer//{n}", kind.name()));
		let mut institution = Institution::bare(kind, hpke(&format!("institution {id}")));
		institution.region = b"CH".to_vec().try_into().unwrap();
		institution.time_zone = b"Europe/Zurich".to_vec().try_into().unwrap();
		institution.officers = officers.each_ref().map(|uri| account(uri)).to_vec().try_into().unwrap();
		self.council(pallet_roles::Call::admit_institution { institution })
			.unwrap();
		self.officers.insert(id, officers);
		id
	}

	/// What an applicant signs.
	pub fn application(
		&mut self,
		applicant: &str,
		institution: InstitutionId,
		role: Role,
	) -> (Application<AccountId>, Signature) {
		self.made += 1;
		let commitment = |kind: &str| H256(blake2_256(&(kind, self.made).encode()));
		let application = Application {
			genesis: self.genesis,
			institution,
			applicant: account(applicant),
			role,
			licence: commitment("licence"),
			speciality: commitment("speciality"),
			not_after: self.now() + 10 * DAY,
		};
		let signature = signature(applicant, &wrapped(APPLICATION_TAG, &application));
		(application, signature)
	}

	/// An officer gives somebody a credential for a year.
	pub fn hire(&mut self, applicant: &str, institution: InstitutionId, role: Role) {
		let (application, signature) = self.application(applicant, institution, role);
		let officer = self.officers[&institution][0].clone();
		let call = pallet_roles::Call::approve_application {
			application,
			signature,
			valid_from: self.now(),
			valid_until: self.now() + 365 * DAY,
		};
		self.send(&officer, call).unwrap();
	}

	/// An account signs that it will act for a patient.
	pub fn acceptance(
		&self,
		who: &str,
		patient: PatientId,
		capacity: Capacity,
		hpke: Option<&HpkeKey>,
	) -> (AccountId, Signature) {
		let account = account(who);
		let acceptance = Acceptance {
			genesis: self.genesis,
			patient,
			capacity,
			account: &account,
			hpke,
		};
		let signature = signature(who, &wrapped(ACCEPT_TAG, &acceptance));
		(account, signature)
	}

	/// An administrator of the patient's hospital assigns her to a practitioner there, who accepts.
	pub fn assign(&mut self, patient: &Patient, practitioner: &str) {
		let propose = pallet_roles::Call::propose_assignment {
			patient: patient.id,
			practitioner: account(practitioner),
		};
		let administrator = if patient.at == A { ADMIN } else { ADMIN_OF_B };
		self.send(administrator, propose).unwrap();
		let accept = pallet_roles::Call::accept_assignment {
			patient: patient.id,
			institution: patient.at,
		};
		self.send(practitioner, accept).unwrap();
	}

	/// A document that is still to be registered.
	pub fn document(&mut self, patient: PatientId, category: Category) -> NewRecord {
		self.made += 1;
		let sha256 = sha2_256(&self.made.encode());
		NewRecord {
			patient,
			origin: Origin::Clinician,
			category,
			compartment: None,
			media: Media::FhirJson,
			cid: Cid::truncate_from([&[0x01, 0x55, 0x12, 0x20], &sha256[..]].concat()),
			sha256: H256(sha256),
			tree: H256(sha2_256(&sha256)),
			size: ciphertext_size(MIN_PADDED).unwrap(),
			recorded_at: self.now(),
			relates_to: None,
			doc_status: DocStatus::Final,
		}
	}

	/// A practitioner registers a document.
	pub fn register(
		&mut self,
		author: &str,
		institution: InstitutionId,
		record: NewRecord,
	) -> Result<RecordId, DispatchError> {
		let id = self.read(pallet_records::NextRecord::<Runtime>::get);
		let call = pallet_records::Call::register {
			record,
			purpose: Purpose::Treatment,
			institution: Some(institution),
		};
		self.send(author, call).map(|()| id)
	}

	/// A document of this category by a doctor who is assigned to the patient at her hospital.
	pub fn record(&mut self, author: &str, patient: &Patient, category: Category) -> RecordId {
		let document = self.document(patient.id, category);
		self.register(author, patient.at, document).unwrap()
	}

	/// Somebody asks for a record and gets a receipt: what was decided.
	pub fn access(&mut self, who: &str, at: Option<InstitutionId>, record: RecordId, purpose: Purpose) -> Decision {
		let call = pallet_records::Call::access {
			records: vec![record].try_into().unwrap(),
			purpose,
			institution: at,
		};
		let receipt = self.read(pallet_records::NextReceipt::<Runtime>::get);
		self.send(who, call).unwrap();
		let receipt = self.read(|| Records::receipt(receipt)).unwrap();
		receipt.outcomes[0].1
	}

	/// Whether somebody may do this with a record.
	pub fn may(
		&mut self,
		who: &str,
		at: Option<InstitutionId>,
		action: Action,
		id: RecordId,
		purpose: Purpose,
	) -> Decision {
		let record = self.read(|| Records::record(id)).unwrap();
		self.decide(&AccessRequest {
			requester: account(who),
			on_behalf_of: at,
			patient: record.patient,
			record: Some(id),
			custodian: record.custodian,
			category: record.category,
			compartment: record.compartment,
			recorded_at: record.recorded_at,
			author: record.author,
			status: Some(record.status),
			action,
			purpose,
		})
	}

	/// Whether somebody may view a record for treatment.
	pub fn views(&mut self, who: &str, at: InstitutionId, record: RecordId) -> Decision {
		self.may(who, Some(at), Action::View, record, Purpose::Treatment)
	}

	/// Whether somebody may add a document of this category of her own.
	pub fn appends(&mut self, who: &str, at: InstitutionId, patient: &Patient, category: Category) -> Decision {
		let request = AccessRequest {
			requester: account(who),
			on_behalf_of: Some(at),
			patient: patient.id,
			record: None,
			custodian: at,
			category,
			compartment: None,
			recorded_at: self.now(),
			author: account(who),
			status: None,
			action: Action::Append,
			purpose: Purpose::Treatment,
		};
		self.decide(&request)
	}

	/// The patient grants terms; the grant's id.
	pub fn grant(&mut self, patient: &Patient, grantee: Grantee<AccountId>, terms: Terms) -> u64 {
		let id = self.read(pallet_consent::NextGrant::<Runtime>::get);
		let call = Consents::grant {
			patient: patient.id,
			grantee,
			terms,
		};
		self.send(&patient.key, call).unwrap();
		id
	}

	/// A practitioner asks the patient for consent; the request's id.
	pub fn ask(&mut self, who: &str, institution: InstitutionId, patient: &Patient, terms: Terms) -> u64 {
		let id = self.read(pallet_consent::NextRequest::<Runtime>::get);
		let call = Consents::ask {
			patient: patient.id,
			institution,
			terms,
			expires_at: self.now() + 10 * DAY,
		};
		self.send(who, call).unwrap();
		id
	}

	/// A clinician breaks the glass for four hours; the case's id.
	pub fn open_case(&mut self, who: &str, institution: InstitutionId, patient: PatientId) -> u64 {
		let id = self.read(pallet_consent::NextCase::<Runtime>::get);
		let call = self.case(patient, institution);
		self.send(who, call).unwrap();
		id
	}

	/// The call that opens it.
	pub fn case(&mut self, patient: PatientId, institution: InstitutionId) -> Consents {
		self.made += 1;
		Consents::open_case {
			patient,
			institution,
			reason: EmergencyReason::Unconscious,
			justification: H256(blake2_256(&("justification", self.made).encode())),
			ends_at: self.now() + 4 * HOUR,
		}
	}
}
