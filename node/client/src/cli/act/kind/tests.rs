//! What options make which act, and what they are refused for.
#![allow(clippy::unwrap_used)]
use super::*;
use crate::sdk::{exit, Identity, MergeAgreement};
use clap::Parser;
use salus_primitives::{Category, CategorySet};
use std::os::unix::fs::PermissionsExt;

const GENESIS: Hash = Hash::repeat_byte(1);
const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

#[derive(Parser)]
struct Line {
	#[command(subcommand)]
	kind: Kind,
}

fn place() -> Place {
	Place {
		genesis: GENESIS,
		now: 1_000,
		admission_terms: Terms {
			categories: CategorySet::ALL,
			uses: Some(3),
			..Terms::none()
		},
	}
}

fn built(line: &str) -> Result<(Act, Option<NewSalts>), Error> {
	let parsed = Line::try_parse_from(["act"].into_iter().chain(line.split(' ')));
	let kind = parsed.map_err(|error| Error::Usage(error.to_string()))?.kind;
	kind.act(&place())
}

fn act(line: &str) -> Act {
	let (act, salts) = built(line).unwrap();
	assert!(salts.is_none());
	act
}

fn alice() -> AccountId {
	words::account(ALICE).unwrap()
}

/// A text of what was seen, an acceptance of patient 7's guardian and one of her controller.
struct Desk(tempfile::TempDir);

impl Desk {
	fn open() -> Self {
		let desk = Self(tempfile::tempdir().unwrap());
		desk.write("seen.txt", "passport X1");
		let identity = Identity::from_seed(&[8; 32]);
		let account = identity.account();
		let guardian = Acceptance::of(GENESIS, 7, Capacity::Guardian, account.id());
		desk.keep("guardian.json", &AcceptanceFile::sign(&guardian, account));
		let keys = identity.patient(&GENESIS, 0, 0).unwrap();
		let controller = Acceptance::of_controller(GENESIS, 7, &keys);
		desk.keep("controller.json", &AcceptanceFile::sign(&controller, &keys.account));
		desk
	}

	fn keep(&self, name: &str, file: &AcceptanceFile) {
		self.write(name, &serde_json::to_string(file).unwrap());
	}

	fn write(&self, name: &str, text: &str) {
		let path = self.0.path().join(name);
		std::fs::write(&path, text).unwrap();
		std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
	}

	/// A command line in which `@name` is a file of this desk.
	fn built(&self, line: &str) -> Result<(Act, Option<NewSalts>), Error> {
		built(&line.replace('@', &format!("{}/", self.0.path().display())))
	}
}

#[test]
fn an_act_is_what_its_options_say() {
	assert_eq!(
		act(&format!("name-registrar --account {ALICE}")),
		Act::NameRegistrar(alice())
	);
	assert_eq!(act("remove-registrar"), Act::RemoveRegistrar);
	assert_eq!(act(&format!("add-officer --account {ALICE}")), Act::AddOfficer(alice()));
	assert_eq!(
		act(&format!("remove-officer --account {ALICE}")),
		Act::RemoveOfficer(alice())
	);
	let key = words::hex([7; 32]);
	assert_eq!(
		act(&format!("change-hpke-key --hpke {key}")),
		Act::ChangeHpkeKey(HpkeKey::X25519([7; 32]))
	);
	let validator = |of: &str| act(&format!("change-validator {of}"));
	assert_eq!(
		validator(&format!("--account {ALICE}")),
		Act::ChangeValidator(Some(alice()))
	);
	assert_eq!(validator("--none"), Act::ChangeValidator(None));
	assert_eq!(act("merge --from 8 --into 7"), merge(0, None, None));
	assert_eq!(act("unmerge --from 8"), Act::Unmerge { from: 8 });
	assert_eq!(
		act("note-death --patient 7 --at 1970-01-02"),
		Act::NoteDeath {
			patient: 7,
			at: 86_400_000
		}
	);
	assert_eq!(act("retract-death --patient 7"), Act::RetractDeath { patient: 7 });
	let (patient, guardian) = (7, alice());
	assert_eq!(
		act(&format!("end-guardian --patient 7 --guardian {ALICE}")),
		Act::EndGuardian { patient, guardian }
	);
	assert_eq!(
		act(&format!("contest-guardian --patient 7 --guardian {ALICE}")),
		Act::ContestGuardian { patient, guardian }
	);
	let caregiver = alice();
	assert_eq!(
		act(&format!("remove-caregiver --patient 7 --caregiver {ALICE}")),
		Act::RemoveCaregiver { patient, caregiver }
	);
}

/// Of id 8 into id 7.
fn merge(not_after: Moment, from_signature: Option<Signature>, into_signature: Option<Signature>) -> Act {
	Act::Merge {
		from: 8,
		into: 7,
		not_after,
		from_signature,
		into_signature,
	}
}

#[test]
fn a_merge_has_what_each_key_signed_until_the_same_time() {
	let desk = Desk::open();
	let identity = Identity::from_seed(&[8; 32]);
	let signs = |name: &str, patient: PatientId, not_after| {
		let agreement = MergeAgreement {
			genesis: GENESIS,
			from: 8,
			into: 7,
			not_after,
		};
		let account = identity
			.patient(&GENESIS, 0, u32::try_from(patient).unwrap())
			.unwrap()
			.account;
		let file = MergeAgreementFile::sign(&agreement, patient, &account);
		desk.write(name, &serde_json::to_string(&file).unwrap());
	};
	let signed = |act: Act| {
		let Act::Merge {
			not_after,
			from_signature,
			into_signature,
			..
		} = act
		else {
			unreachable!()
		};
		(not_after, from_signature.is_some(), into_signature.is_some())
	};
	for (name, patient, until) in [
		("from.json", 8, 2_000),
		("into.json", 7, 2_000),
		("later.json", 7, 3_000),
	] {
		signs(name, patient, until);
	}
	let built = |files: &str| desk.built(&format!("merge --from 8 --into 7 {files}"));
	let both = built("--from-agreement @from.json --into-agreement @into.json")
		.unwrap()
		.0;
	assert_eq!(signed(both), (2_000, true, true));
	let one = built("--into-agreement @later.json").unwrap().0;
	assert_eq!(signed(one), (3_000, false, true));

	let refused = |files: &str| {
		let error = built(files).err().unwrap();
		(error.name(), error.exit_code())
	};
	for (files, name, code) in [
		(
			"--from-agreement @from.json --into-agreement @later.json",
			"Usage",
			exit::USAGE,
		),
		("--from-agreement @into.json", "OtherPatient", exit::UNVERIFIED),
		("--from-agreement @controller.json", "Malformed", exit::LOCAL),
		("--from-agreement @none.json", "File", exit::LOCAL),
	] {
		assert_eq!(refused(files), (name.to_string(), code), "{files}");
	}
	let swapped = desk
		.built("merge --from 7 --into 8 --into-agreement @from.json")
		.err()
		.unwrap();
	assert_eq!(swapped.name(), "OtherPatient");
	signs("over.json", 8, 1_000);
	assert_eq!(
		refused("--from-agreement @over.json"),
		("Expired".into(), exit::UNVERIFIED)
	);
}

#[test]
fn a_caregiver_of_a_patient_on_paper_accepted() {
	let desk = Desk::open();
	let identity = Identity::from_seed(&[8; 32]);
	let caregiver = identity.account();
	let acceptance = Acceptance::of(GENESIS, 7, Capacity::Caregiver, caregiver.id());
	desk.keep("caregiver.json", &AcceptanceFile::sign(&acceptance, caregiver));
	let (named, _) = desk
		.built("name-caregiver --patient 7 --acceptance @caregiver.json")
		.unwrap();
	assert!(matches!(named, Act::NameCaregiver { patient: 7, caregiver: account, .. } if account == caregiver.id()));
	let guardian = desk.built("name-caregiver --patient 7 --acceptance @guardian.json");
	assert_eq!(guardian.err().unwrap().name(), "OtherCapacity");
}

#[test]
fn nodes_are_announced_in_binary_and_none_only_on_purpose() {
	let peer = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
	let Act::ChangeNodes { peer_ids, addresses } = act(&format!(
		"change-nodes --peer {peer} --address /ip4/10.0.0.1/tcp/30333 --address /dns/a.example/tcp/1"
	)) else {
		unreachable!()
	};
	let shown: Vec<_> = peer_ids.iter().map(|id| peers::show_peer(id)).collect();
	assert_eq!((shown, addresses.len()), (vec![peer.to_string()], 2));
	let none = Act::ChangeNodes {
		peer_ids: Default::default(),
		addresses: Default::default(),
	};
	assert_eq!(act("change-nodes --none"), none);
	let five = "change-nodes".to_string() + &format!(" --peer {peer}").repeat(5);
	assert!(built(&five).err().unwrap().to_string().contains("at most 4 peers"));
	for wrong in ["change-nodes", &format!("change-nodes --none --peer {peer}")] {
		assert!(built(wrong).is_err(), "{wrong}");
	}
}

#[test]
fn admission_terms_change_where_they_are_named() {
	let Act::ChangeAdmissionTerms(terms) = act("change-admission-terms --category imaging --action append") else {
		unreachable!()
	};
	let expected = Terms {
		categories: CategorySet::of(&[Category::Imaging]),
		actions: ActionSet::of(&[Action::Append]),
		..place().admission_terms
	};
	assert_eq!(terms, expected);
}

#[test]
fn a_patient_on_paper_is_known_or_not_and_comes_of_age_in_a_month() {
	let desk = Desk::open();
	let paper = |flags: &str| desk.built(&format!("register-on-paper {flags} --salts @new.json"));
	let seen = "--evidence-file @seen.txt";
	let (unidentified, salts) = paper(&format!("--unidentified --majority 2031-05 {seen}")).unwrap();
	let expected = Act::RegisterOnPaper {
		evidence: salts.unwrap().evidence.commitment().unwrap(),
		identified: false,
		majority: Some(words::month("2031-05").unwrap()),
	};
	assert_eq!(unidentified, expected);
	let identified = paper(&format!("--identified {seen}")).unwrap().0;
	assert!(matches!(
		identified,
		Act::RegisterOnPaper {
			identified: true,
			majority: None,
			..
		}
	));
	for wrong in [
		seen.to_string(),
		format!("--identified --unidentified {seen}"),
		format!("--identified --majority 2031-05-02 {seen}"),
		"--identified --evidence-file @none.txt".into(),
		"--identified".into(),
	] {
		assert!(paper(&wrong).is_err(), "{wrong}");
	}
	let identify = desk.built("identify --patient 7 --evidence-file @seen.txt --salts @new.json");
	assert!(matches!(
		identify.unwrap().0,
		Act::Identify {
			patient: 7,
			majority: None,
			..
		}
	));
	let line = "identify --patient 7 --majority 2031-05 --evidence-file @seen.txt --salts @other.json";
	let of_age = words::month("2031-05").unwrap();
	assert!(matches!(
		desk.built(line).unwrap().0,
		Act::Identify { majority: Some(majority), .. } if majority == of_age
	));
	assert_eq!(
		act(&format!("reinstate-credential --account {ALICE}")),
		Act::ReinstateCredential(alice())
	);
}

#[test]
fn what_another_person_accepted_is_for_this_patient_and_this_part() {
	let desk = Desk::open();
	let accepted = |text: &str| -> (Act, AcceptanceFile) {
		let path = desk.0.path().join(text);
		let file: AcceptanceFile = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
		let salts = "--evidence-file @seen.txt --salts @new.json";
		let line = match file.capacity {
			Capacity::Controller => {
				format!("begin-recovery --patient 7 --lost-at 1970-01-02 --acceptance @{text} {salts}")
			}
			_ => format!("give-guardian --patient 7 --acceptance @{text} --action view,share --until 2031-05 {salts}"),
		};
		(desk.built(&line).unwrap().0, file)
	};
	let (guardian, file) = accepted("guardian.json");
	let Act::GiveGuardian { patient: 7, terms, .. } = guardian else {
		unreachable!()
	};
	assert_eq!(terms.guardian.to_string(), file.account);
	assert_eq!(terms.actions, ActionSet::of(&[Action::View, Action::Share]));
	assert!(!terms.consents && !terms.executor);
	let (recovery, file) = accepted("controller.json");
	let Act::BeginRecovery {
		controller,
		hpke,
		lost_at,
		..
	} = recovery
	else {
		unreachable!()
	};
	assert_eq!(lost_at, 86_400_000);
	assert_eq!(controller.to_string(), file.account);
	let (claim, _) = desk.built("claim --patient 7 --acceptance @controller.json").unwrap();
	assert!(matches!(claim, Act::Claim { hpke: claimed, .. } if claimed == hpke));

	let refused = |line: &str| {
		let error = desk.built(line).err().unwrap();
		(error.name(), error.exit_code())
	};
	let guardian = "--until 2031-05 --evidence-file @seen.txt --salts @new.json";
	for (line, name, code) in [
		(
			"claim --patient 8 --acceptance @controller.json".to_string(),
			"OtherPatient",
			exit::UNVERIFIED,
		),
		(
			"claim --patient 7 --acceptance @guardian.json".into(),
			"OtherCapacity",
			exit::UNVERIFIED,
		),
		(
			format!("give-guardian --patient 7 --executor --acceptance @guardian.json {guardian}"),
			"OtherCapacity",
			exit::UNVERIFIED,
		),
		(
			format!("give-guardian --patient 7 --acceptance @seen.txt {guardian}"),
			"Malformed",
			exit::LOCAL,
		),
		("claim --patient 7 --acceptance @none.json".into(), "File", exit::LOCAL),
	] {
		assert_eq!(refused(&line), (name.to_string(), code), "{line}");
	}
}

#[test]
fn keys_are_told_apart_by_their_lengths() {
	assert_eq!(hpke(&"07".repeat(32)).unwrap(), HpkeKey::X25519([7; 32]));
	assert!(matches!(hpke(&"07".repeat(1_216)).unwrap(), HpkeKey::XWing(_)));
	for wrong in ["", "0x07", &"07".repeat(33), &"07".repeat(1_217), "key"] {
		assert!(hpke(wrong).unwrap_err().contains("32 bytes"), "{wrong}");
	}
}
