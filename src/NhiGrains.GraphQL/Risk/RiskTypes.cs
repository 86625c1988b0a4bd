using GraphQL.Types;
using NhiGrains.Domain.Risk;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Risk;

internal sealed class RiskSeverityType() : DescribedEnum<RiskSeverity>("RiskSeverity", "How bad it is, in this order.",
    (RiskSeverity.Low, "Good to know."),
    (RiskSeverity.Medium, "To be looked at."),
    (RiskSeverity.High, "Not to be trusted as usual."),
    (RiskSeverity.Critical, "In somebody else's hands, or as good as."));

internal sealed class RiskSignalType : Described<RiskSignal>
{
    public RiskSignalType()
        : base("RiskSignal", "Something that was noticed about an identity, until it is over.")
    {
        Show("riskId", Of.Text, "Its name within the identity, for 'clearRisk'.", risk => risk.Key);
        Show("eventId", Of.Text, "Its id, as its source calls it.", risk => risk.Id);
        Show("source", Of.Text, "Who noticed it.", risk => risk.Source);
        Show("type", Of.Text, "What, for example 'secret-leaked'.", risk => risk.Type);
        Show("severity", Of.One<RiskSeverityType>(), "How bad it is.", risk => risk.Severity);
        Show("at", Of.Time, "When it was noticed.", risk => risk.At);
        Show("endsAt", Of.Time, "From when on it counts no more.", risk => risk.EndsAt);
        Show("note", Of.Maybe<StringGraphType>(), "For people.", risk => risk.Note);
        Show("suspendedBy", Of.Maybe<StringGraphType>(), "Which response of which version of the policy suspended the identity for it; null when none did.", risk => risk.Suspension?.ToString());
        Show("clearedAt", Of.Maybe<InstantType>(), "When somebody said that it counts no more.", risk => risk.ClearedAt);
    }
}
