//! `salus appointment`: calendars, appointments, waiting lists, tele-consultations.

mod calendar;
mod consultation;
mod day;
mod fhir;
mod hours;
mod ics;
mod list;
mod operation;
mod progress;
mod terms;
mod view;
mod visit;
mod watch;

use clap::{Args, Subcommand};
use salus_primitives::{
	Appointment as Made, AppointmentId, InstitutionId, Moment, PatientId, Period, MAX_OPENED, MAX_OPENED_DAYS,
};

use super::{party::Party, report::Report, session::Session, statement::malformed};
use crate::sdk::{words, Account, AccountId, Acknowledgement, Client, Error};

#[derive(Subcommand)]
pub(crate) enum Appointment {
	/// Open slots of a practitioner, as she or the desk
	#[command(
		after_help = format!("Example:\n  salus --key desk.key appointment open --institution 0 --practitioner 5Grw… --day 2026-12-01,2026-12-02 \\\n    --hours 08:00-12:00,13:00-17:00 --every 15m\n  salus --key doctor.key appointment open --institution 0 --weekly mon,thu --from 2026-12-01 --to 2027-03-01 \\\n    --hours 08:00-12:00 --every 15m\n  salus --key doctor.key appointment open --institution 0 --start 2026-12-01T09:00:00Z --for 2h --every 15m\n\nThe hours are those of the institution's clocks, on days on which they change too. Each call opens {MAX_OPENED} slots on\n{MAX_OPENED_DAYS} UTC days at most: more of them take several, one after the other.")
	)]
	Open(calendar::Open),
	/// Block the free slots of a time, as the practitioner or the desk
	#[command(
		after_help = "Example:\n  salus --key doctor.key appointment block --institution 0 --start 2026-12-01T09:00:00Z --for 2h\n\nA time in which somebody is booked is cancelled: salus appointment cancel-day."
	)]
	Block(calendar::Stretch),
	/// Free the blocked slots of a time, and offer them to who waits
	#[command(
		after_help = "Example:\n  salus --key doctor.key appointment unblock --institution 0 --start 2026-12-01T09:00:00Z --for 2h"
	)]
	Unblock(calendar::Stretch),
	/// Close the slots of a time that nobody has: they are there no more
	#[command(
		after_help = "Example:\n  salus --key doctor.key appointment close --institution 1 --start 2026-12-01T00:00:00Z --for 31d\n\nThe desk closes what its institution opened; a practitioner what any institution opened of her time, though she works\nthere no more."
	)]
	Close(calendar::Stretch),
	/// Show when a practitioner can be seen, a day as a table
	#[command(
		after_help = "Examples:\n  salus appointment availability --practitioner 5Grw… --institution 0 --day 2026-12-01\n  salus appointment availability --practitioner 5Grw… --from 2026-12-01 --to 2026-12-08 --free\n  salus appointment availability --practitioner 5Grw… --institution 0 --day 2026-12-01 --watch\n\nWith --watch each slot is a line, and then each change as it becomes final, with --json an object: its state is null once it\nis closed."
	)]
	Availability(day::Availability),
	/// Hold a time for a patient, for 15 minutes
	#[command(
		after_help = "Example:\n  salus --key me.key appointment hold --patient 7 --institution 0 --with 5Grw… --start 2026-12-01T09:00:00Z --for 30m"
	)]
	Hold(visit::Visit),
	/// Release what is held for a patient
	#[command(
		after_help = "Example:\n  salus --key me.key appointment release --patient 7 --institution 0 --with 5Grw… --start 2026-12-01T09:00:00Z --for 30m"
	)]
	Release(visit::Visit),
	/// Book a time of one to four practitioners, as the patient, her guardian or the desk
	#[command(
		after_help = "Example:\n  salus --key me.key appointment book --patient 7 --institution 0 --with 5Grw… --start 2026-12-01T09:00:00Z --for 30m\n  salus --key desk.key appointment book --patient 7 --institution 0 --with 5Grw…,5FHn… --start 2026-12-01T09:00:00Z \\\n    --for 30m --mode tele\n\nThe time has to be made up of free slots, or of such as are held for this patient: see salus appointment availability."
	)]
	Book(visit::Book),
	/// Give an appointment another time, or other practitioners: all of it or nothing
	#[command(
		after_help = "Example:\n  salus --key me.key appointment reschedule 4 --start 2026-12-02T09:00:00Z\n\nUnless you say otherwise it keeps its length and its practitioners."
	)]
	Reschedule(visit::Reschedule),
	/// Cancel an appointment, or leave a waiting list, as the patient, her guardian, the desk or one of its practitioners
	#[command(after_help = "Example:\n  salus --key me.key appointment cancel 4 --reason patient")]
	Cancel(visit::Cancel),
	/// Put a patient on a practitioner's waiting list
	#[command(
		after_help = "Example:\n  salus --key me.key appointment wait --patient 7 --institution 0 --with 5Grw… --for 30m --from 2026-12-01 --to 2026-12-15\n\nWhat becomes free and suits her is held for her for a day: salus appointment accept. The desk alone says that it is\nmore urgent than routine."
	)]
	Wait(visit::Wait),
	/// Book what a proposed appointment is offered
	#[command(after_help = "Example:\n  salus --key me.key appointment accept 5")]
	Accept(visit::Which),
	/// Decline what a proposed appointment is offered; it keeps its place
	#[command(after_help = "Example:\n  salus --key me.key appointment decline 5")]
	Decline(visit::Which),
	/// Offer a day's free slots to who waits, as the practitioner or the desk
	#[command(
		after_help = "Example:\n  salus --key desk.key appointment offer --institution 0 --practitioner 5Grw… --day 2026-12-01"
	)]
	Offer(calendar::Offer),
	/// Cancel a time with its appointments, whose patients are offered other days first, as the practitioner or the desk
	#[command(
		after_help = "Example:\n  salus --key desk.key appointment cancel-day --institution 0 --practitioner 5Grw… --start 2026-12-01T06:00:00Z \\\n    --for 12h --next 2026-12-02,2026-12-03\n\nWith more appointments than --most it says how many are left: run it again."
	)]
	CancelDay(calendar::CancelDay),
	/// Note that the patient is there, as the desk or a practitioner
	#[command(after_help = "Example:\n  salus --key desk.key appointment arrive 4")]
	Arrive(progress::Which),
	/// Note that an appointment took place, as the desk or a practitioner
	#[command(after_help = "Example:\n  salus --key doctor.key appointment fulfil 4")]
	Fulfil(progress::Which),
	/// Note that the patient never came, as the desk or a practitioner
	#[command(after_help = "Example:\n  salus --key desk.key appointment noshow 4")]
	Noshow(progress::Which),
	/// Join a tele-consultation, from 15 minutes before it begins
	#[command(
		after_help = "Example:\n  salus --key doctor.key appointment join 4 --institution 0 --session 0x3f2a…\n  salus --key me.key appointment join 4\n\nA practitioner, the patient or her guardian joins first and says the salted commitment to the session's key; the\nothers take it from the log. Joining needs consent, and a refusal stands in the patient's trail."
	)]
	Join(consultation::Join),
	/// End a tele-consultation for all, as a practitioner, the patient or her guardian who takes part
	#[command(after_help = "Example:\n  salus --key doctor.key appointment end 4")]
	End(consultation::End),
	/// Show an appointment, with the log of its tele-consultation
	#[command(after_help = "Example:\n  salus appointment show 4")]
	Show(list::Show),
	/// List a patient's appointments, or a practitioner's
	#[command(
		after_help = "Examples:\n  salus appointment list --patient 7\n  salus appointment list --practitioner 5Grw… --from 2026-12-01 --to 2026-12-08"
	)]
	List(list::List),
	/// Show who waits for a practitioner, and what they are offered
	#[command(after_help = "Example:\n  salus appointment waiting --practitioner 5Grw…")]
	Waiting(list::Waiting),
	/// Remove the calendar of a day that is 30 days past; its appointments stay
	#[command(after_help = "Example:\n  salus --key desk.key appointment prune --practitioner 5Grw… --day 2026-10-01")]
	Prune(calendar::Prune),
	/// Write appointments as a calendar file (RFC 5545) that a calendar program opens
	#[command(
		after_help = "Examples:\n  salus appointment ics --patient 7 --out mine.ics\n  salus appointment ics --practitioner 5Grw… --from 2026-12-01 --to 2026-12-08 --out week.ics\n\nAn event says when, and no more: no name, no speciality, no place. Times are in UTC. Written again it replaces the\nevents that a calendar program has of it: what was moved or cancelled is moved or cancelled there. What is offered from\na waiting list is tentative."
	)]
	Ics(ics::Ics),
	/// Read a FHIR R4 Schedule, Slot or Appointment: what goes on chain, and what stays with you; needs no node
	#[command(
		after_help = "Examples:\n  salus appointment from-fhir Appointment.json --directory who.json --institution 0\n  curl -s https://ehr.example/fhir/Appointment/7 | salus appointment from-fhir - --directory who.json --json > kept.json\n\nThe directory says whom references mean, a calendar's Schedule too:\n  { \"Patient/7\": \"patient:0\", \"Practitioner/3\": \"account:5Grw…\", \"Schedule/3\": \"account:5Grw…\",\n    \"Location/a\": \"institution:1\" }\n\nA proposed appointment is an entry of a waiting list, a pending one a hold. Names, reasons and comments are in `carried`:\nthey never go on chain. Keep that, and `to-fhir --carried` puts it back. What is on neither side is refused with its\nFHIRPath."
	)]
	FromFhir(fhir::FromFhir),
	/// Write appointments or slots as FHIR R4; needs no node
	#[command(
		after_help = "Examples:\n  salus appointment show 4 --json | salus appointment to-fhir --directory who.json --carried kept.json\n  salus appointment list --patient 7 --json | salus appointment to-fhir --directory who.json\n  salus appointment availability --practitioner 5Grw… --institution 0 --day 2026-12-01 --json \\\n    | salus appointment to-fhir --directory who.json --practitioner 5Grw…\n\nA list becomes a Bundle. What was carried and is so no longer is left out and named on standard error."
	)]
	ToFhir(fhir::ToFhir),
	/// Find, hold and book times as IHE ITI Scheduling has it: FHIR R4 Parameters in, a Bundle out
	#[command(subcommand)]
	Operation(operation::Operation),
}

impl Appointment {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = match self {
			Self::FromFhir(command) => return command.run(),
			Self::ToFhir(command) => return command.run(),
			Self::Operation(operation) => return operation.run(session).await,
			_ => session.client().await?,
		};
		match self {
			Self::FromFhir(command) => command.run(),
			Self::ToFhir(command) => command.run(),
			Self::Operation(operation) => operation.run(session).await,
			Self::Ics(ics) => ics.run(session, &client).await,
			Self::Open(open) => open.run(session, &client).await,
			Self::Block(stretch) => stretch.block(session, &client).await,
			Self::Unblock(stretch) => stretch.unblock(session, &client).await,
			Self::Close(stretch) => stretch.close(session, &client).await,
			Self::Availability(availability) => availability.run(session, &client).await,
			Self::Hold(visit) => visit.hold(session, &client).await,
			Self::Release(visit) => visit.release(session, &client).await,
			Self::Book(book) => book.run(session, &client).await,
			Self::Reschedule(reschedule) => reschedule.run(session, &client).await,
			Self::Cancel(cancel) => cancel.run(session, &client).await,
			Self::Wait(wait) => wait.run(session, &client).await,
			Self::Accept(which) => which.accept(session, &client).await,
			Self::Decline(which) => which.decline(session, &client).await,
			Self::Offer(offer) => offer.run(session, &client).await,
			Self::CancelDay(cancel) => cancel.run(session, &client).await,
			Self::Arrive(which) => which.arrive(session, &client).await,
			Self::Fulfil(which) => which.fulfil(session, &client).await,
			Self::Noshow(which) => which.no_show(session, &client).await,
			Self::Join(join) => join.run(session, &client).await,
			Self::End(end) => end.run(session, &client).await,
			Self::Show(show) => show.run(session, &client).await,
			Self::List(list) => list.run(session, &client).await,
			Self::Waiting(waiting) => waiting.run(session, &client).await,
			Self::Prune(prune) => prune.run(session, &client).await,
		}
	}
}

/// When something is.
#[derive(Args)]
struct When {
	/// When it begins: 2026-12-01T09:00:00Z
	#[arg(long, value_parser = words::moment, value_name = "TIME")]
	start: Moment,
	/// How long it is: 30m
	#[arg(long = "for", value_parser = words::duration, value_name = "DURATION")]
	lasting: std::time::Duration,
}

impl When {
	fn period(&self) -> Period {
		lasting(self.start, words::milliseconds(self.lasting))
	}
}

fn lasting(start: Moment, length: Moment) -> Period {
	Period::new(start, start.saturating_add(length))
}

/// On whose side somebody signs.
#[derive(Args)]
pub(super) struct Side {
	/// Sign as the patient, though your own account works at the institution
	#[arg(long)]
	as_patient: bool,
}

/// Who signs, and what she was told before.
pub(super) struct Signer {
	pub(super) account: Account,
	pub(super) sentence: Option<String>,
}

impl Signer {
	/// For a patient: who works at the institution, with her own account; else the patient or a guardian of hers, who is
	/// told first what she signs.
	pub(super) async fn of(
		session: &Session,
		client: &Client,
		(patient, institution): (PatientId, InstitutionId),
		side: &Side,
		sentence: impl FnOnce() -> String,
	) -> Result<Self, Error> {
		let at = client.finalised().await?;
		let own = session.named_account()?;
		if !side.as_patient && client.works_at(&at, own, institution).await? {
			return Ok(Self {
				account: session.account()?,
				sentence: None,
			});
		}
		let party = Party::who_acts(session, client, patient).await?;
		let sentence = party.is_told(session, |_| sentence());
		Ok(Self {
			account: party.account(session, client).await?,
			sentence: Some(sentence),
		})
	}
}

/// What became of an appointment.
fn done(
	session: &Session,
	appointment: AppointmentId,
	line: &str,
	sentence: Option<String>,
	acknowledgement: &Acknowledgement,
) -> Report {
	let report = session
		.report()
		.line(format!("appointment {appointment}: {line}"))
		.field("appointment", words::number(appointment));
	let report = match sentence {
		Some(sentence) => report.field("sentence", sentence),
		None => report,
	};
	report.acknowledged(acknowledgement)
}

/// For people: from when until when.
fn span(period: Period) -> String {
	format!(
		"{} to {}",
		words::show_moment(period.start),
		words::show_moment(period.end)
	)
}

/// For people: with whom.
fn with(practitioners: &[AccountId]) -> String {
	let names: Vec<_> = practitioners.iter().map(ToString::to_string).collect();
	format!("with {}", names.join(" and "))
}

/// An appointment, of which something is to be done.
async fn found(client: &Client, id: AppointmentId) -> Result<Made<AccountId>, Error> {
	client.appointment(&client.finalised().await?, id).await
}
