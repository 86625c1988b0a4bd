using System.Text.Json;
using System.Text.Json.Nodes;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Evidence;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.People;
using NhiGrains.Domain;

namespace NhiGrains.Grains.Identities;

/// <summary>The last commands of a grain, by the keys that their callers chose.</summary>
internal static class IdempotencyKeys
{
    /// <summary>A retry comes within seconds or minutes; this many commands of one grain are remembered.</summary>
    public const int Remembered = 32;

    /// <summary>What is wrong with the envelope, among it a key that was used for another command; null when nothing is.</summary>
    public static Refusal? Check(IReadOnlyList<DoneCommand> done, CommandEnvelope envelope) =>
        Check(done, envelope.IdempotencyKey, envelope.Actor, () => DigestOf(envelope));

    /// <summary>The same for a resolution of differences.</summary>
    public static Refusal? Check(IReadOnlyList<DoneCommand> done, DriftResolution resolution) =>
        Check(done, resolution.IdempotencyKey, resolution.Actor, () => Canonical.Digest(resolution));

    /// <summary>The same for a command to the directory.</summary>
    public static Refusal? Check(IReadOnlyList<DoneCommand> done, DirectoryEnvelope envelope) =>
        Check(done, envelope.IdempotencyKey, envelope.Actor, () => DigestOf(envelope));

    public static DoneCommand? Find(IReadOnlyList<DoneCommand> done, string key) => done.FirstOrDefault(command => command.Key == key);

    /// <summary>What was done under the envelope's key, when it was this very command with this evidence; null otherwise.</summary>
    /// <param name="envelope">Its command without evidence.</param>
    public static DoneCommand? Recall(IReadOnlyList<DoneCommand> done, CommandEnvelope envelope, IReadOnlyList<EvidenceMark> evidence) =>
        Find(done, envelope.IdempotencyKey) is { } earlier && earlier.Digest == DigestOf(envelope, evidence) ? earlier : null;

    public static DoneCommand[] Remember(IReadOnlyList<DoneCommand> done, CommandEnvelope envelope, string? grantId) =>
        Remember(done, new DoneCommand(envelope.IdempotencyKey, DigestOf(envelope), grantId));

    public static DoneCommand[] Remember(IReadOnlyList<DoneCommand> done, DriftResolution resolution) =>
        Remember(done, new DoneCommand(resolution.IdempotencyKey, Canonical.Digest(resolution), GrantId: null));

    public static DoneCommand[] Remember(IReadOnlyList<DoneCommand> done, DirectoryEnvelope envelope) =>
        Remember(done, new DoneCommand(envelope.IdempotencyKey, DigestOf(envelope), GrantId: null));

    private static DoneCommand[] Remember(IReadOnlyList<DoneCommand> done, DoneCommand last) => [.. done.TakeLast(Remembered - 1), last];

    private static Refusal? Check(IReadOnlyList<DoneCommand> done, string key, string actor, Func<string> digest) =>
        key is not { Length: > 0 and <= 128 }
            ? new("INVALID_IDEMPOTENCY_KEY", "An idempotency key has 1 to 128 characters.", "Send a random one for each command.", "idempotencyKey")
            : string.IsNullOrWhiteSpace(actor)
                ? new("ACTOR_REQUIRED", "Nobody is named as the one who asks.", "Authenticate.")
                : Find(done, key) is { } earlier && earlier.Digest != digest()
                    ? new("IDEMPOTENCY_KEY_REUSED", "The key was used for another command.", "Send a new key with each new command.", "idempotencyKey")
                    : null;

    private static string DigestOf(CommandEnvelope envelope) => DigestOf(envelope, EvidenceOf(envelope.Command));

    // Another caller's command with the same key is another command. Of evidence only which it is counts: what is told of it can
    // change from one verification to the next, as when it ends, and the command is still the same.
    private static string DigestOf(CommandEnvelope envelope, IReadOnlyList<EvidenceMark> evidence)
    {
        var text = JsonSerializer.SerializeToNode(new { envelope.Actor, envelope.Command }, Canonical.Json);
        if (text?["command"] is JsonObject command)
        {
            // A command without these has the digest that it had before there were any.
            if (envelope.Command is IdentityCommand.RequestAccess { BreakGlass: false })
                command.Remove("breakGlass");
            if (envelope.Command is IdentityCommand.RequestAccess or IdentityCommand.RenewGrant)
                command.Remove("evidence");
            if (evidence.Count > 0)
                command["evidence"] = JsonSerializer.SerializeToNode(evidence.Select(one => $"{one.Trust} {one.Digest}"), Canonical.Json);
        }

        return Canonical.Digest(text);
    }

    private static EvidenceMark[] EvidenceOf(IdentityCommand command) => command switch
    {
        IdentityCommand.RequestAccess request => [.. request.Evidence.Select(EvidenceMark.Of)],
        IdentityCommand.RenewGrant renew => [.. renew.Evidence.Select(EvidenceMark.Of)],
        _ => [],
    };

    private static string DigestOf(DirectoryEnvelope envelope) => Canonical.Digest(new { envelope.Actor, envelope.Command });
}
