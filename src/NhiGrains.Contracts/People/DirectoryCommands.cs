using System.Text.Json.Serialization;
using NhiGrains.Domain;
using NhiGrains.Domain.People;

namespace NhiGrains.Contracts.People;

/// <param name="IdempotencyKey">Chosen by the caller, 1 to 128 characters; remembered for the directory's last commands.</param>
/// <param name="Actor">Who asks, as the front end authenticated it.</param>
/// <param name="MayForOthers">Whether the front end knows the actor as somebody who may speak for others.</param>
public sealed record DirectoryEnvelope(string IdempotencyKey, string Actor, DirectoryCommand Command, bool MayForOthers = false)
{
    /// <summary>Whether somebody else acts with the token in the actor's place: who is handed a person's votes is for that person to say.</summary>
    public bool IsDelegated { get; init; }
}

[JsonPolymorphic(TypeDiscriminatorPropertyName = "command")]
[JsonDerivedType(typeof(SetGroupMembers), "setGroupMembers")]
[JsonDerivedType(typeof(Delegate), "delegate")]
[JsonDerivedType(typeof(SetAbsence), "setAbsence")]
[JsonDerivedType(typeof(RecordDeparture), "recordDeparture")]
[JsonDerivedType(typeof(RecordReturn), "recordReturn")]
public abstract record DirectoryCommand
{
    public sealed record SetGroupMembers(string Group, IReadOnlyList<string> Add, IReadOnlyList<string> Remove, string Reason) : DirectoryCommand;

    /// <param name="Since">Null: from now on.</param>
    /// <param name="Until">Null: not any more.</param>
    public sealed record Delegate(string From, string To, DateTimeOffset? Since, DateTimeOffset? Until, string Reason) : DirectoryCommand;

    /// <param name="Since">Null: from now on.</param>
    /// <param name="Until">Null: not any more.</param>
    public sealed record SetAbsence(string Person, DateTimeOffset? Since, DateTimeOffset? Until) : DirectoryCommand;

    public sealed record RecordDeparture(string Person, TimeSpan Handover, string Reason) : DirectoryCommand, IDirectoryNews
    {
        public DateTimeOffset? At { get; init; }
    }

    public sealed record RecordReturn(string Person, string Reason) : DirectoryCommand, IDirectoryNews
    {
        public DateTimeOffset? At { get; init; }
    }
}

/// <summary>What is told of a person, perhaps late: it is not carried out when something later is known already.</summary>
public interface IDirectoryNews
{
    string Person { get; }

    string Reason { get; }

    /// <summary>When it happened; null for now.</summary>
    DateTimeOffset? At { get; }
}

/// <summary>Exactly one of a refusal and the directory after the command.</summary>
public sealed record DirectoryAnswer(Refusal? Refusal, PeopleDirectory? Directory);

/// <summary>How far the identities of somebody who has left, or has come back, were told of it.</summary>
/// <param name="Shards">How many of the catalog's shards were gone through.</param>
/// <param name="Unanswered">Identities that could not be told yet; they are asked again and again.</param>
public sealed record OwnershipReview(string Person, int Shards, IReadOnlyList<string> Unanswered);
