using GraphQL.Types;
using NhiGrains.Domain.Audit;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Audit;

internal static class AuditQueries
{
    public static void AddTo(ObjectGraphType root) => root
        .Field("audit", Of.One<ConnectionType<AuditEntryType, AuditEntry>>())
        .Description("The audit log, oldest first: every shard's entries in the order of their chain, shards merged by time.")
        .Argument(Of.Maybe<StringGraphType>(), "identityId", argument => argument.Description = "Only what concerns this identity.")
        .Paged()
        .For(Role.Auditor)
        .ResolveAsync(async context => await AuditPages.ReadAsync(context));
}

internal sealed class AuditEntryType : Described<AuditEntry>
{
    public AuditEntryType()
        : base("AuditEntry", "One change of state, with its place in a hash chain.")
    {
        Interface<NodeType>();
        Show("id", Of.Id, "The global id.", entry => NodeIds.Of("AuditEntry", $"{entry.Shard}/{entry.Sequence}"));
        Show("shard", Of.Int, "The shard of the log; each has a chain of its own.", entry => entry.Shard);
        Show("sequence", Of.Long, "Counts the entries of the shard from 1, without gaps.", entry => entry.Sequence);
        Show("source", Of.Text, "What changed, for example 'identity/billing'.", entry => entry.Event.Source);
        Show("sourceSequence", Of.Long, "Counts the changes of the source from 1, without gaps.", entry => entry.Event.SourceSequence);
        Show("at", Of.Time, "When.", entry => entry.Event.At);
        Show("actor", Of.Text, "Who caused it: a subject, 'identity:' and an id, or 'system'.", entry => entry.Event.Actor);
        Show("action", Of.Text, "What happened, for example 'grant.active'.", entry => entry.Event.Action);
        Show("why", Of.Text, "The decision or reason.", entry => entry.Event.Why);
        Show("before", Of.Maybe<StringGraphType>(), "The digest of the state before; null for a creation.", entry => entry.Event.Before);
        Show("after", Of.Text, "The digest of the state after.", entry => entry.Event.After);
        Show("details", Of.Many<TagType>(), "What a reader needs to follow the story.", entry => TagType.List(entry.Event.Details));
        Show("previous", Of.Text, "The hash of the entry before it in the shard.", entry => entry.Previous);
        Show("hash", Of.Text, "SHA-256 over everything else.", entry => entry.Hash);
    }
}
