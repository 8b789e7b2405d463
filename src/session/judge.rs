//! What the session asks of the layers that know SQL and keys: a verdict on each statement, and
//! cells sealed and opened.
//!
//! The session knows the protocol; a [`Judge`] knows the policy. Neither trait is told which message
//! carried a statement beyond what decides its meaning, and neither ever sees a socket.

use std::ops::Range;
use std::sync::Arc;

use zeroize::Zeroizing;

pub use super::cell::{CellError, Cells, Constant, Shown};
use super::look::Look;
use super::names::Names;
use super::position::Positions;
use super::tally::Tally;
use crate::sql::verdict::{Cleared, Plan, Refusal, Rows};
use crate::types::Oid;
use crate::wire::from_server::Status;
use crate::wire::report::Report;

/// What is sent where a refused statement stood. The server itself rejects it at analysis, with
/// [`SUBSTITUTE_SQLSTATE`], so order, discarding and transaction state are the server's own.
pub const SUBSTITUTE: &str = "SELECT \"pgveil refused\"";

/// undefined_column: the only answer to [`SUBSTITUTE`] that is replaced by the refusal.
pub const SUBSTITUTE_SQLSTATE: &str = crate::wire::sqlstate::UNDEFINED_COLUMN;

/// Number of an epoch (catalog, policy and keyring together), strictly increasing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct EpochId(pub u64);

/// The judge's own name for what a statement does to the session when it succeeds (SET, CREATE
/// TABLE …); handed back in [`Event::Completed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect(pub u32);

/// The text to send in place of the client's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    /// The client's own.
    AsIs,
    /// What the judge appended to `sent`.
    Rewritten,
}

/// A plan and the epoch that it was made in.
#[derive(Clone, Debug)]
pub struct Planned {
    /// How parameters are sent and rows are read.
    pub plan: Arc<Plan>,
    /// Governs the keys; see [`Judge::cells`].
    pub epoch: EpochId,
}

impl Planned {
    /// Does a cell of its rows change on the way to the client?
    pub fn opens(&self) -> bool {
        self.plan.rows != Rows::Untouched
    }
}

/// What becomes of one statement.
#[derive(Clone, Debug)]
pub enum Treatment {
    /// Nothing protected in it.
    Clear(Cleared),
    /// Sent as the plan says.
    Plan(Planned),
    /// Not sent. In a Query with several statements the judge has put [`SUBSTITUTE`] in its place
    /// in the rewritten text.
    Refuse(Box<Report>),
}

/// One statement, judged. Empty statements (`;;`) are none.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What becomes of it.
    pub treatment: Treatment,
    /// The server may ask for CopyData in answer to it (COPY … FROM STDIN, START_REPLICATION).
    /// Where this is false and the server asks all the same, the session closes.
    pub takes_data: bool,
    /// It changes what the judge follows, once it succeeds.
    pub effect: Option<Effect>,
    /// What follows can be judged only when this has been answered: the session holds the client
    /// until then.
    pub settles: bool,
}

impl Judged {
    /// Clear, without effect.
    pub fn clear(proof: Cleared) -> Self {
        Judged { treatment: Treatment::Clear(proof), takes_data: false, effect: None, settles: false }
    }

    /// Planned, without effect.
    pub fn plan(plan: Arc<Plan>, epoch: EpochId) -> Self {
        let treatment = Treatment::Plan(Planned { plan, epoch });
        Judged { treatment, takes_data: false, effect: None, settles: false }
    }

    /// Refused.
    pub fn refuse(report: Report) -> Self {
        let treatment = Treatment::Refuse(Box::new(report));
        Judged { treatment, takes_data: false, effect: None, settles: false }
    }
}

impl Judged {
    /// Its plan, if it has one.
    pub(super) fn planned(&self) -> Option<&Planned> {
        match &self.treatment {
            Treatment::Plan(planned) => Some(planned),
            Treatment::Clear(_) | Treatment::Refuse(_) => None,
        }
    }

    /// The statement of pgveil's own that runs right behind it.
    pub(super) fn behind(&self) -> Option<&str> {
        self.planned().and_then(|planned| planned.plan.behind.as_deref())
    }

    /// What follows waits for its answer. Also after a COPY whose data is sealed: no other COPY may
    /// be in flight that a server could take that data for.
    pub(super) fn holds_what_follows(&self) -> bool {
        let sealing = self.planned().and_then(|planned| planned.plan.copy.as_ref());
        self.settles || sealing.is_some_and(|copy| copy.from_client)
    }

    /// REFUSES: the client's own text with a refused statement in it.
    pub(super) fn refused_as_is(&self, text: Text) -> Option<Box<Report>> {
        match (&self.treatment, text) {
            (Treatment::Refuse(report), Text::AsIs) => Some(report.clone()),
            (Treatment::Refuse(_) | Treatment::Clear(_) | Treatment::Plan(_), _) => None,
        }
    }

    /// No column of its result is opened, and rows are what it can give.
    pub(super) fn forwards_rows(&self) -> bool {
        match &self.treatment {
            Treatment::Clear(_) => true,
            Treatment::Plan(planned) => planned.plan.rows == Rows::Untouched && planned.plan.copy.is_none(),
            Treatment::Refuse(_) => false,
        }
    }
}

/// Verdict on the text of a Query.
#[derive(Clone, Debug)]
pub enum QueryVerdict {
    /// Every statement is clear and without effect: the bytes are forwarded and replies are not
    /// counted.
    Clear {
        /// From `sql`.
        proof: Cleared,
        /// As [`Judged::takes_data`], of any statement in it.
        takes_data: bool,
    },
    /// Judged one by one, in the order in which the server will run them.
    Statements {
        /// What is sent.
        text: Text,
        /// One each, none left out but empty ones. After the first refused one nothing needs to
        /// stand in the text.
        statements: Vec<Judged>,
        /// From positions in the sent text to positions in the client's.
        positions: Positions,
    },
    /// The text as a whole is not sent.
    Refuse(Box<Report>),
}

/// Verdict on the text of a Parse.
#[derive(Clone, Debug)]
pub struct ParseVerdict {
    /// The statement.
    pub judged: Judged,
    /// What is sent, if it is sent.
    pub text: Text,
    /// From positions in the sent text to positions in the client's.
    pub positions: Positions,
}

impl ParseVerdict {
    /// The client's own text, judged so.
    pub fn as_is(judged: Judged) -> Self {
        ParseVerdict { judged, text: Text::AsIs, positions: Positions::default() }
    }
}

/// How far a judge sees.
#[derive(Clone, Debug)]
pub enum Sees {
    /// The epoch in force is the database's shape of now.
    Current,
    /// [`Judge::awaited`] will tell.
    Later,
    /// Nobody can tell, and nothing that hangs on it is sent.
    Nothing(Box<Report>),
}

/// [`Report::reason`] of EXECUTE of what nobody was seen to prepare.
pub const UNTRACKED: &str = "untracked-prepared";

/// What the session knows and a judge may ask while it judges.
pub trait Known {
    /// Transaction status of the last ReadyForQuery. Statements in flight may have changed it.
    fn status(&self) -> Status;
    /// Nothing is in flight, so [`Known::status`] is exact.
    fn settled(&self) -> bool;
    /// The plan of the statement that this protocol-level name stands for; `None` if it is clear or
    /// unknown. SQL's EXECUTE shares this namespace.
    fn prepared(&self, name: &[u8]) -> Option<&Planned>;
    /// The plan of the portal of this name; SQL's FETCH shares this namespace.
    fn portal(&self, name: &[u8]) -> Option<&Planned>;
    /// What the server holds under this name by a Parse; `None` while anything is in flight, or if the client
    /// may take the name for another statement.
    fn held(&self, name: &[u8]) -> Option<Held<'_>>;
}

/// A statement that Parse has made.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// The client's text.
    pub text: &'a [u8],
    /// `None` if nothing in it is protected.
    pub planned: Option<&'a Planned>,
    /// In which it was judged.
    pub epoch: EpochId,
    /// [`Judge::names`] of then.
    pub names: u64,
}

/// A name of the protocol that the session did not see made: SQL's PREPARE or DECLARE made it, or
/// nobody did.
#[derive(Clone, Debug)]
pub enum Elsewhere {
    /// The judge saw it made, and nothing protected is behind it: forwarded.
    Clear(Cleared),
    /// The judge did not see it made. The server will say that it does not exist, so a Bind of it is
    /// sent without its values.
    Unknown,
    /// Behind it is this.
    Plan(Planned),
    /// Not sent.
    Refuse(Box<Report>),
}

/// What happened, in the order in which the client sees it.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// CommandComplete (or EmptyQueryResponse, with an empty tag) of a statement with an effect.
    Completed {
        /// Which.
        effect: Effect,
        /// `INSERT 0 1`, `SET`, ….
        tag: &'a [u8],
    },
    /// ErrorResponse, the server's or one of ours in its place.
    Failed {
        /// Five bytes.
        sqlstate: &'a [u8],
    },
    /// ReadyForQuery.
    Ready(Status),
    /// ParameterStatus.
    Parameter {
        /// `client_encoding`, ….
        name: &'a [u8],
        /// What the server says it is now.
        value: &'a [u8],
    },
}

/// A statement of a Query that goes up as one with parameters.
#[derive(Clone, Debug)]
pub struct Part {
    /// Where it stands in what was written for the Query, in bytes.
    pub text: Range<usize>,
    /// How many characters stand before it there.
    pub before: u32,
    /// Values of its `$1 …`.
    pub parameters: Vec<Parameter>,
}

/// A literal of a Query that goes up as a parameter, in text format.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its type on the server.
    pub oid: Oid,
    /// Sealed, or, in a transitional phase, in the clear to be matched.
    pub value: Zeroizing<Vec<u8>>,
}

/// Says what becomes of each statement. One per session; caches by itself.
pub trait Judge: Send {
    /// False: nothing can be protected, so nothing is judged or remembered and all is forwarded.
    /// Constant for the life of the session.
    fn watches(&self) -> bool {
        true
    }

    /// The epoch in which statements are judged now.
    fn epoch(&self) -> EpochId {
        EpochId(0)
    }

    /// Another number whenever what the client has made in its session changes what a text means that
    /// was judged before, in the same epoch.
    fn names(&self) -> u64 {
        0
    }

    /// Something begins that is judged, or that uses what was judged: from now on it depends on the
    /// epoch in force, which is told.
    fn enter(&mut self) -> EpochId {
        self.epoch()
    }

    /// Nothing is in flight and no transaction is open.
    fn rest(&mut self) {}

    /// Something begins, as in [`Judge::enter`], while some domain may change its form at any moment,
    /// so that a writer may come too late.
    fn has_windows(&mut self) -> bool {
        false
    }

    /// The server has refused a value because its domain has changed its form: from now on values
    /// are stored in the new one. False: there is none that may be taken on the server's word.
    fn go_ahead(&mut self) -> bool {
        false
    }

    /// The newest epoch in which this plan says the same as in its own.
    fn newest_for(&mut self, planned: &Planned) -> EpochId {
        planned.epoch
    }

    /// Adds what was counted since it was last asked.
    fn count(&mut self, _tally: &mut Tally) {}

    /// Why nothing protected is touched now, if so.
    fn suspended(&self) -> Option<Box<Report>> {
        None
    }

    /// What the judge waits for before it judges the text, or admits the values, that it was given last:
    /// its answer was to be thrown away. The session holds the client, and asks again.
    fn awaited(&self) -> Option<Arc<Look>> {
        None
    }

    /// May values be sent for this plan, which was made before they came?
    fn admits(&mut self, _planned: &Planned) -> Sees {
        Sees::Current
    }

    /// The text of a Query, without its NUL. A rewritten text is appended to `sent`, literals sealed.
    fn query(&mut self, text: &[u8], known: &dyn Known, sent: &mut Vec<u8>) -> QueryVerdict;

    /// What was written for the Query judged last, statement by statement, if it is sent as statements
    /// with parameters. Empty: it is sent as a Query.
    fn take_parts(&mut self) -> Vec<Part> {
        Vec::new()
    }

    /// The text of a Parse, with the types that the client declared for `$1 …`.
    fn parse(&mut self, text: &[u8], declared: &[Oid], known: &dyn Known, sent: &mut Vec<u8>)
    -> ParseVerdict;

    /// A Bind or Describe of a statement that no Parse of this session made.
    fn unknown_statement(&mut self, name: &[u8]) -> Elsewhere;

    /// An Execute or Describe of a portal that no Bind of this session made.
    fn unknown_portal(&mut self, name: &[u8]) -> Elsewhere;

    /// A FunctionCall of this function.
    fn function_call(&mut self, function: Oid) -> Result<Cleared, Box<Report>>;

    /// Follows the session. An error closes it.
    fn event(&mut self, event: Event<'_>, names: &mut dyn Names) -> Result<(), Box<Report>>;

    /// Seals and opens for plans of this epoch; `None` if its keys are gone, which the client hears
    /// as "cached plan must not change result type".
    fn cells(&mut self, epoch: EpochId) -> Option<&mut dyn Cells>;
}

/// A refusal of `sql` as an ErrorResponse. `position` is in characters of the client's text, from 1.
pub fn report_of(refusal: &Refusal, position: Option<u32>) -> Report {
    Report {
        detail: refusal.detail.clone(),
        hint: refusal.hint.clone(),
        position,
        column: refusal.column.clone(),
        reason: refusal.reason.0,
        ..Report::error(refusal.sqlstate, refusal.message.clone())
    }
}

/// For an empty policy: nothing is tagged.
#[derive(Clone, Copy, Debug, Default)]
pub struct ForwardAll;

impl Judge for ForwardAll {
    fn watches(&self) -> bool {
        false
    }

    fn query(&mut self, _: &[u8], _: &dyn Known, _: &mut Vec<u8>) -> QueryVerdict {
        QueryVerdict::Clear { proof: Cleared::nothing_is_tagged(), takes_data: true }
    }

    fn parse(&mut self, _: &[u8], _: &[Oid], _: &dyn Known, _: &mut Vec<u8>) -> ParseVerdict {
        ParseVerdict::as_is(Judged { takes_data: true, ..Judged::clear(Cleared::nothing_is_tagged()) })
    }

    fn unknown_statement(&mut self, _: &[u8]) -> Elsewhere {
        Elsewhere::Unknown
    }

    fn unknown_portal(&mut self, _: &[u8]) -> Elsewhere {
        Elsewhere::Unknown
    }

    fn function_call(&mut self, _: Oid) -> Result<Cleared, Box<Report>> {
        Ok(Cleared::nothing_is_tagged())
    }

    fn event(&mut self, _: Event<'_>, _: &mut dyn Names) -> Result<(), Box<Report>> {
        Ok(())
    }

    fn cells(&mut self, _: EpochId) -> Option<&mut dyn Cells> {
        None
    }
}
