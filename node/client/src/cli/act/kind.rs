//! The acts of two officers as subcommands, each with the options that it needs.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use salus_primitives::{Action, ActionSet, Addresses, Capacity, HpkeKey, Moment, PatientId, PeerIds, Terms, MAX_PEERS};

use super::{
	super::terms::TermsFlags,
	evidence::{EvidenceFlags, NewSalts},
};
use crate::sdk::{
	peers, words, Acceptance, AcceptanceFile, AccountId, Act, Error, FileError, GuardianshipTerms, Hash, Signature,
};

/// What an act is made from besides its options.
pub(crate) struct Place {
	/// The chain.
	pub(crate) genesis: Hash,
	/// Its time.
	pub(crate) now: Moment,
	/// The institution's admission terms.
	pub(crate) admission_terms: Terms,
}

/// Which act.
#[derive(Subcommand)]
pub(crate) enum Kind {
	/// Name who attests applications, instead of an earlier registrar
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 name-registrar --account 5Grw…\n\nIt is no officer: officers decide about what it attests."
	)]
	NameRegistrar(Account),
	/// Have no registrar: officers take applications themselves
	#[command(after_help = "Example:\n  salus --key officer.key act propose --institution 0 remove-registrar")]
	RemoveRegistrar,
	/// Add an officer
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 add-officer --account 5Grw…"
	)]
	AddOfficer(Account),
	/// Remove an officer, but never one of the last two
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 remove-officer --account 5Grw…"
	)]
	RemoveOfficer(Account),
	/// Announce the institution's next HPKE key
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 change-hpke-key --hpke 0x1f2e…\n\n24 hours after the announcement anybody puts it in force: salus institution apply-keys 0"
	)]
	ChangeHpkeKey {
		/// The key in hex: 32 bytes of X25519, or 1216 bytes of X-Wing
		#[arg(long, value_parser = hpke)]
		hpke: HpkeKey,
	},
	/// Announce the institution's next nodes, in place of all it has
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 change-nodes --peer 12D3Koo… \\\n    --address /dns/node.hospital.example/tcp/30333\n\n24 hours after the announcement anybody puts them in force: salus institution apply-keys 0"
	)]
	ChangeNodes(Nodes),
	/// Publish other admission terms: what is not named stays as it is
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 change-admission-terms --action view,append \\\n    --category laboratory,imaging\n\nVouchers that were made under the old terms are void."
	)]
	ChangeAdmissionTerms(Box<TermsFlags>),
	/// Change the validator's account, or have none
	#[command(
		after_help = "Examples:\n  salus --key officer.key act propose --institution 0 change-validator --account 5Grw…\n  salus --key officer.key act propose --institution 0 change-validator --none\n\nThe old account's session keys are purged. Refused while it validates."
	)]
	ChangeValidator(Validator),
	/// Register a patient without a device
	#[command(
		after_help = "Examples:\n  salus --key officer.key act propose --institution 0 register-on-paper --identified \\\n    --evidence-file seen.txt --salts salts.json\n  salus --key officer.key act propose --institution 0 register-on-paper --identified --majority 2031-05 \\\n    --evidence-file seen.txt --salts salts.json"
	)]
	RegisterOnPaper(OnPaper),
	/// Note that it is known who an unidentified patient is
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 identify --patient 7 \\\n    --evidence-file seen.txt --salts salts.json"
	)]
	Identify {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		#[command(flatten)]
		evidence: EvidenceFlags,
	},
	/// Hand a patient on paper her id: her own account signs for her from now on
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 claim --patient 7 --acceptance acceptance.json\n\nShe makes the file: salus accept controller"
	)]
	Claim {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		/// The file in which she accepts
		#[arg(long, value_name = "FILE")]
		acceptance: PathBuf,
	},
	/// Merge one id into another of the same person
	#[command(after_help = "Example:\n  salus --key officer.key act propose --institution 0 merge --from 8 --into 7")]
	Merge {
		/// The id that is closed
		#[arg(long)]
		from: PatientId,
		/// The id that stays
		#[arg(long)]
		into: PatientId,
	},
	/// Take a merge back, within 30 days
	#[command(after_help = "Example:\n  salus --key officer.key act propose --institution 0 unmerge --from 8")]
	Unmerge {
		/// The id that was closed
		#[arg(long)]
		from: PatientId,
	},
	/// Note a patient's death
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 note-death --patient 7 --at 2026-11-21T08:30:00Z"
	)]
	NoteDeath {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		/// When she died
		#[arg(long, value_parser = words::moment)]
		at: Moment,
	},
	/// Take back that a patient died, as it was noted in error
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 retract-death --patient 7"
	)]
	RetractDeath {
		/// The patient
		#[arg(long)]
		patient: PatientId,
	},
	/// Give a patient a guardian, or an executor to one who died
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 give-guardian --patient 7 --acceptance acceptance.json \\\n    --action view --consents --until 2031-05 --evidence-file seen.txt --salts salts.json\n\nThe guardian makes the acceptance: salus accept guardian"
	)]
	GiveGuardian(Guardian),
	/// End a guardianship
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 end-guardian --patient 7 --guardian 5Grw…"
	)]
	EndGuardian(Ward),
	/// Suspend a guardianship that a patient without a device contests at the desk, until the council decides
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 contest-guardian --patient 7 --guardian 5Grw…"
	)]
	ContestGuardian(Ward),
	/// Begin the recovery of a patient's lost key, for the council to decide
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 begin-recovery --patient 7 --acceptance acceptance.json \\\n    --evidence-file seen.txt --salts salts.json\n\nShe makes the acceptance with her new key: salus accept controller"
	)]
	BeginRecovery {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		/// The file in which she accepts, by her new key
		#[arg(long, value_name = "FILE")]
		acceptance: PathBuf,
		#[command(flatten)]
		evidence: EvidenceFlags,
	},
}

/// Whom an act is about.
#[derive(Args)]
pub(crate) struct Account {
	/// The account
	#[arg(long, value_parser = words::account)]
	account: AccountId,
}

/// An institution's nodes.
#[derive(Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Nodes {
	/// A node's peer id, up to four times
	#[arg(long = "peer", value_parser = peers::peer, value_name = "PEER ID", conflicts_with = "none")]
	peers: Vec<Bytes>,
	/// A node's address, up to four times
	#[arg(long = "address", value_parser = peers::address, value_name = "MULTIADDR", conflicts_with = "none")]
	addresses: Vec<Bytes>,
	/// The institution has no nodes
	#[arg(long)]
	none: bool,
}

/// One value of an option, where clap would read a list of numbers.
type Bytes = Vec<u8>;

/// The validator's account.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Validator {
	/// The new validator's account
	#[arg(long, value_parser = words::account)]
	account: Option<AccountId>,
	/// The institution has no validator
	#[arg(long)]
	none: bool,
}

/// A patient on paper.
#[derive(Args)]
pub(crate) struct OnPaper {
	#[command(flatten)]
	known: Known,
	/// For a minor: the month in which she comes of age, such as 2031-05
	#[arg(long, value_parser = words::month, value_name = "MONTH")]
	majority: Option<Moment>,
	#[command(flatten)]
	evidence: EvidenceFlags,
}

/// Whether it is known who she is.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Known {
	/// It is known who she is
	#[arg(long)]
	identified: bool,
	/// It is not known who she is
	#[arg(long)]
	unidentified: bool,
}

/// A guardianship.
#[derive(Args)]
pub(crate) struct Guardian {
	/// The patient
	#[arg(long)]
	patient: PatientId,
	/// The file in which the guardian accepts
	#[arg(long, value_name = "FILE")]
	acceptance: PathBuf,
	/// An executor, for a patient who died
	#[arg(long)]
	executor: bool,
	/// What she may do with the patient's documents: view, append, amend, share
	#[arg(long = "action", value_delimiter = ',', value_parser = words::word::<Action>)]
	actions: Vec<Action>,
	/// She may grant, deny and revoke in the patient's place
	#[arg(long)]
	consents: bool,
	/// Until before this month, such as 2031-05; for a minor no later than her majority
	#[arg(long, value_parser = words::month, value_name = "MONTH")]
	until: Moment,
	#[command(flatten)]
	evidence: EvidenceFlags,
}

/// A patient and her guardian.
#[derive(Args)]
pub(crate) struct Ward {
	/// The patient
	#[arg(long)]
	patient: PatientId,
	/// The guardian's account
	#[arg(long, value_parser = words::account)]
	guardian: AccountId,
}

impl Kind {
	/// The act, and the salt file that is to be written with it.
	pub(crate) fn act(self, place: &Place) -> Result<(Act, Option<NewSalts>), Error> {
		let act = match self {
			Self::NameRegistrar(Account { account }) => Act::NameRegistrar(account),
			Self::RemoveRegistrar => Act::RemoveRegistrar,
			Self::AddOfficer(Account { account }) => Act::AddOfficer(account),
			Self::RemoveOfficer(Account { account }) => Act::RemoveOfficer(account),
			Self::ChangeHpkeKey { hpke } => Act::ChangeHpkeKey(hpke),
			Self::ChangeNodes(nodes) => nodes.act()?,
			Self::ChangeAdmissionTerms(flags) => {
				Act::ChangeAdmissionTerms(flags.narrow(place.admission_terms.clone(), place.now)?)
			}
			Self::ChangeValidator(Validator { account, .. }) => Act::ChangeValidator(account),
			Self::RegisterOnPaper(paper) => {
				let (evidence, salts) = paper.evidence.commitment()?;
				let act = Act::RegisterOnPaper {
					evidence,
					identified: paper.known.identified,
					majority: paper.majority,
				};
				return Ok((act, salts));
			}
			Self::Identify { patient, evidence } => {
				let (evidence, salts) = evidence.commitment()?;
				return Ok((Act::Identify { patient, evidence }, salts));
			}
			Self::Claim { patient, acceptance } => {
				let (acceptance, signature) = accepted(&acceptance, place, patient, Capacity::Controller)?;
				let (controller, hpke) = acceptance.into_controller()?;
				Act::Claim {
					patient,
					controller,
					hpke,
					signature,
				}
			}
			Self::Merge { from, into } => Act::Merge { from, into },
			Self::Unmerge { from } => Act::Unmerge { from },
			Self::NoteDeath { patient, at } => Act::NoteDeath { patient, at },
			Self::RetractDeath { patient } => Act::RetractDeath { patient },
			Self::GiveGuardian(guardian) => return guardian.act(place),
			Self::EndGuardian(Ward { patient, guardian }) => Act::EndGuardian { patient, guardian },
			Self::ContestGuardian(Ward { patient, guardian }) => Act::ContestGuardian { patient, guardian },
			Self::BeginRecovery {
				patient,
				acceptance,
				evidence,
			} => {
				let (acceptance, signature) = accepted(&acceptance, place, patient, Capacity::Controller)?;
				let (controller, hpke) = acceptance.into_controller()?;
				let (evidence, salts) = evidence.commitment()?;
				let act = Act::BeginRecovery {
					patient,
					controller,
					hpke,
					evidence,
					signature,
				};
				return Ok((act, salts));
			}
		};
		Ok((act, None))
	}
}

impl Nodes {
	fn act(self) -> Result<Act, Error> {
		let too_many = || {
			Error::Usage(format!(
				"an institution has at most {MAX_PEERS} peers and {MAX_PEERS} addresses"
			))
		};
		let too_long = |_| Error::Usage("a peer id has at most 64 bytes, an address 128".into());
		let mut peer_ids = PeerIds::new();
		for id in self.peers {
			peer_ids
				.try_push(id.try_into().map_err(too_long)?)
				.map_err(|_| too_many())?;
		}
		let mut addresses = Addresses::new();
		for address in self.addresses {
			addresses
				.try_push(address.try_into().map_err(too_long)?)
				.map_err(|_| too_many())?;
		}
		Ok(Act::ChangeNodes { peer_ids, addresses })
	}
}

impl Guardian {
	fn act(self, place: &Place) -> Result<(Act, Option<NewSalts>), Error> {
		let capacity = if self.executor {
			Capacity::Executor
		} else {
			Capacity::Guardian
		};
		let (acceptance, signature) = accepted(&self.acceptance, place, self.patient, capacity)?;
		let (evidence, salts) = self.evidence.commitment()?;
		let terms = GuardianshipTerms {
			guardian: acceptance.account,
			executor: self.executor,
			actions: self.actions.into_iter().collect::<ActionSet>(),
			consents: self.consents,
			ends: self.until,
			evidence,
		};
		let act = Act::GiveGuardian {
			patient: self.patient,
			terms,
			signature,
		};
		Ok((act, salts))
	}
}

fn accepted(
	file: &Path,
	place: &Place,
	patient: PatientId,
	capacity: Capacity,
) -> Result<(Acceptance, Signature), Error> {
	let text = std::fs::read_to_string(file).map_err(FileError::at(file))?;
	Ok(AcceptanceFile::read(&text, &place.genesis, patient, capacity)?)
}

/// A public key of one of the two kinds, which their lengths tell apart.
fn hpke(text: &str) -> Result<HpkeKey, String> {
	let wrong = || "no HPKE key; give 32 bytes of X25519 or 1216 bytes of X-Wing, in hex".to_string();
	let bytes = words::hex_bytes(text).map_err(|_| wrong())?;
	if let Ok(key) = <[u8; 32]>::try_from(bytes.as_slice()) {
		return Ok(HpkeKey::X25519(key));
	}
	let key = (bytes.len() == 1_216).then(|| bytes.try_into().ok()).flatten();
	key.map(HpkeKey::XWing).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::{exit, Identity};
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
		assert_eq!(act("merge --from 8 --into 7"), Act::Merge { from: 8, into: 7 });
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
		let (act, salts) = paper(&format!("--unidentified --majority 2031-05 {seen}")).unwrap();
		let expected = Act::RegisterOnPaper {
			evidence: salts.unwrap().evidence.commitment().unwrap(),
			identified: false,
			majority: Some(words::month("2031-05").unwrap()),
		};
		assert_eq!(act, expected);
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
		assert_eq!(identify.unwrap().0.name(), "Identify");
	}

	#[test]
	fn what_another_person_accepted_is_for_this_patient_and_this_part() {
		let desk = Desk::open();
		let accepted = |text: &str| -> (Act, AcceptanceFile) {
			let path = desk.0.path().join(text);
			let file: AcceptanceFile = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
			let salts = "--evidence-file @seen.txt --salts @new.json";
			let line = match file.capacity {
				Capacity::Controller => format!("begin-recovery --patient 7 --acceptance @{text} {salts}"),
				_ => format!(
					"give-guardian --patient 7 --acceptance @{text} --action view,share --until 2031-05 {salts}"
				),
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
		let Act::BeginRecovery { controller, hpke, .. } = recovery else {
			unreachable!()
		};
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
}
