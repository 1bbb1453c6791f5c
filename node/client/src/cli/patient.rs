//! `salus patient`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use salus_primitives::PatientId;

use super::{
	emergency_card::{said, CardFlags, NOTICE},
	key::{private_text, text_or_file},
	party::Party,
	qr,
	report::Report,
	rotate::RotateKeys,
	session::Session,
	terms::TermsFlags,
	view,
};
use crate::sdk::{
	calls, replace_private, sentence::Voice, words, Card, DocumentError, EmergencyCard, Error, Registration,
	VoucherLetter, CARD_LIFETIME, IDS_OF_ONE_SEED,
};

#[derive(Subcommand)]
pub(crate) enum Patient {
	/// Register at a hospital with the voucher out of its letter
	#[command(
		after_help = "Examples:\n  salus --key me.key patient register letter.txt\n  salus --key me.key patient register letter.txt --category laboratory,imaging\n\nWithout flags the hospital's published terms are accepted; flags accept less."
	)]
	Register(Box<Register>),
	/// Show your card: signed, good for five minutes
	#[command(after_help = "Example:\n  salus --key me.key patient card --patient 0 --out card.txt")]
	Card {
		/// Your patient id
		#[arg(long)]
		patient: PatientId,
		/// Write its text to a file
		#[arg(long, value_name = "FILE")]
		out: Option<PathBuf>,
	},
	/// Make an emergency card: your ids at your hospitals, to be printed; whoever finds you opens a case by it
	#[command(
		after_help = "Examples:\n  salus --key me.key patient emergency-card --patient 0 --out mine.txt\n  salus --key me.key --url wss://b.example patient emergency-card --patient 7 --with mine.txt --out mine.txt --svg mine.svg\n\nEach id is asked of its own hospital's node; no node learns that two are yours. The card is not signed and never\nexpires, is good for opening an emergency case only, and tells whoever finds it at which hospitals you are known."
	)]
	EmergencyCard(CardFlags),
	/// Give your id another account and another HPKE key: for a key that others may have seen, or another device
	#[command(
		after_help = "Examples:\n  salus --key me.key patient rotate-keys --patient 0\n  salus --key me.key patient rotate-keys --patient 0 --new-key new.key\n  salus --key me.key patient rotate-keys --patient 0 --acceptance acceptance.json\n\nThe last is for another device, which writes the file with `salus accept controller`. You sign with the key you have; for one that is lost see `salus recovery`. The old account never comes back."
	)]
	RotateKeys(RotateKeys),
	/// Contest that you died, or as a guardian that your patient did: the note counts no more until the council decides
	#[command(
		after_help = "Example:\n  salus --key me.key patient contest-death --patient 0\n\nTwo officers of the hospital take their note back with `salus act`: no council is needed then."
	)]
	ContestDeath {
		/// The patient
		#[arg(long)]
		patient: PatientId,
	},
	/// Read a patient's card or emergency card: its text, a file, or - for standard input
	#[command(after_help = "Example:\n  salus patient read-card card.txt")]
	ReadCard {
		/// The card
		card: String,
	},
	/// A patient's entry
	#[command(after_help = "Example:\n  salus patient show 0")]
	Show {
		/// The patient
		id: PatientId,
	},
}

/// `salus patient register`
#[derive(Args)]
pub(crate) struct Register {
	/// The voucher: a file of mode 0600, or - for standard input; with --dev its text too
	voucher: String,
	/// Which of your ids at this hospital it will be, from 0 to 15
	#[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(..i64::from(IDS_OF_ONE_SEED)))]
	n: u32,
	#[command(flatten)]
	narrower: TermsFlags,
}

impl Patient {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		match self {
			Self::Register(register) => register.run(session).await,
			Self::Card { patient, out } => card(session, patient, out).await,
			Self::EmergencyCard(flags) => flags.run(session).await,
			Self::RotateKeys(rotate) => rotate.run(session).await,
			Self::ContestDeath { patient } => contest_death(session, patient).await,
			Self::ReadCard { card } => read_card(session, &card).await,
			Self::Show { id } => {
				let client = session.client().await?;
				let entry = client.patient(&client.finalised().await?, id).await?;
				let controller = entry
					.controller
					.map_or("no key of her own".to_string(), |account| account.to_string());
				Ok(session
					.report()
					.line(format!(
						"patient {id} of institution {}: {:?}, signs with {controller}",
						entry.institution, entry.status
					))
					.field("patient", view::patient(id, &entry)))
			}
		}
	}
}

impl Register {
	async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		let now = client.time().await?;
		let letter = VoucherLetter::read(
			&private_text(&self.voucher, session.global.dev)?,
			&client.genesis(),
			now,
		)?;
		let institution = letter.voucher.institution;
		let entry = client.proven_institution(institution).await?;
		if !letter.names(&entry.admission_terms) {
			return Err(DocumentError::OtherTerms.into());
		}
		let terms = self.narrower.narrow(entry.admission_terms, now)?;
		let keys = session.identity()?.patient(&client.genesis(), institution, self.n)?;
		let accepted = view::terms_line(&terms);
		let registration = Registration::sign(&letter, &keys, terms);
		let acknowledgement = client.submit_authorised(&calls::register_patient(registration)).await?;
		let patient = acknowledgement.number("Roles", "patient")?;
		Ok(session
			.report()
			.line(format!("you are patient {patient} of institution {institution}"))
			.line(format!("whoever is assigned to you there may: {accepted}"))
			.field("patient", words::number(patient))
			.field("institution", institution)
			.field("controller", keys.account.id().to_string())
			.acknowledged(&acknowledgement))
	}
}

async fn contest_death(session: &Session, patient: PatientId) -> Result<Report, Error> {
	let client = session.client().await?;
	let party = Party::who_says_she_lives(session, &client, patient).await?;
	let sentence = party.is_told(session, |voice| {
		let whose = match voice {
			Voice::ToThePatient => "your",
			Voice::OfThePatient => "her",
		};
		format!("You contest the note of {whose} death: it counts no more until the council decides.")
	});
	let account = party.account(session, &client).await?;
	let acknowledgement = client.submit(&calls::contest_death(patient), &account).await?;
	Ok(session
		.report()
		.line(format!("the note of patient {patient}'s death waits for the council"))
		.field("patient", words::number(patient))
		.field("sentence", sentence)
		.acknowledged(&acknowledgement))
}

async fn card(session: &Session, patient: PatientId, out: Option<PathBuf>) -> Result<Report, Error> {
	let client = session.client().await?;
	let entry = client.patient(&client.finalised().await?, patient).await?;
	let keys = session.patient(&client, patient).await?;
	let card = Card {
		genesis: client.genesis(),
		institution: entry.institution,
		patient,
		controller: keys.account.id(),
		not_after: words::now().saturating_add(CARD_LIFETIME),
	};
	let text = card.show(&keys.account);
	let mut report = session
		.report()
		.line(format!(
			"patient {patient} of institution {}, good until {}",
			card.institution,
			words::show_moment(card.not_after)
		))
		.field("patient", words::number(patient))
		.field("institution", card.institution)
		.field("notAfter", words::number(card.not_after))
		.field("card", text.as_str());
	match out {
		Some(out) => {
			replace_private(&out, text.as_bytes())?;
			report = report.line(format!("written to {}", out.display()));
		}
		None => report = report.line(text.as_str()),
	}
	if let Some(picture) = session.is_talkative().then(|| qr::render(&text)).flatten() {
		report = report.line(picture);
	}
	Ok(report)
}

async fn read_card(session: &Session, argument: &str) -> Result<Report, Error> {
	let client = session.client().await?;
	let text = text_or_file(argument)?;
	if EmergencyCard::is_one(&text) {
		// The node is asked about none of them: that they are one person's is no concern of its.
		let card = EmergencyCard::read(&text, &client.genesis())?;
		return Ok(said(session.report(), &card).line(NOTICE));
	}
	let card = Card::read(&text, &client.genesis(), words::now())?;
	let entry = client.proven_patient(card.patient).await?;
	if entry.controller != Some(card.controller) || entry.institution != card.institution {
		return Err(DocumentError::NotTheController(card.patient).into());
	}
	Ok(session
		.report()
		.line(format!("patient {} of institution {}", card.patient, card.institution))
		.line(format!(
			"signed by her key {}, good until {}",
			card.controller,
			words::show_moment(card.not_after)
		))
		.field("patient", words::number(card.patient))
		.field("institution", card.institution)
		.field("controller", card.controller.to_string())
		.field("notAfter", words::number(card.not_after)))
}
