using NhiGrains.Domain;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Applying;
using NhiGrains.Platforms.Aws.Compiling;
using NhiGrains.Platforms.Aws.Objects;
using NhiGrains.Platforms.Aws.Observing;

namespace NhiGrains.Platforms.Aws.Credentials;

/// <summary>
/// Whether the inline policies of a role leave room to deny everything to one session more, beside all that were handed out and may have to
/// be ended. What could not be ended is not handed out.
/// </summary>
internal sealed class DenialRoom(PrincipalReader reader, EndedSessions ended, TimeProvider time)
{
    /// <summary>This process may have to begin a policy, and so may another one that takes over from it.</summary>
    private const int Frames = 2;

    /// <param name="tag">The key of the tag of the grant whose session is to be handed out.</param>
    /// <returns>Null when there is room.</returns>
    public async Task<Refusal?> CheckAsync(IamPrincipal role, string identityId, string tag, Writer writer, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var mayEnd = 1 + role.Tags.Count(one => one.Key != tag && GrantTag.IsAny(one.Key) && GrantTag.Read(one.Value)?.Until >= now);
        var length = (mayEnd * SessionPolicies.LengthOfOne) + (Frames * SessionPolicies.LengthOfFrame);
        var inline = await reader.InlineAsync(role.Name, _ => true, cancellation);
        if (Fits(role.Name, inline, length))
            return null;
        var gone = inline.Where(policy => ApplyPlan.IsOver(policy, identityId, now)).Select(policy => policy.Name).ToList();
        foreach (var policy in gone)
            await writer.DeletePolicyAsync(role.Name, policy);
        gone.AddRange(await ended.TrimAsync(role.Name, writer));
        return Fits(role.Name, inline.Where(policy => !gone.Contains(policy.Name, StringComparer.Ordinal)), length)
            ? null
            : new("NO_ROOM_TO_END_SESSIONS", $"The inline policies of {role.Name} leave no room to end one more session early: those that were ended and are not over yet, and {mayEnd} that may have to be, fill the {Packing.ForEnded} characters for that, or others' inline policies do.",
                "Wait until ended sessions are over (an hour, or the role's longest session), bind the identity to another role, or turn others' inline policies of the role into managed ones.", "grantId");
    }

    private bool Fits(PrincipalName role, IEnumerable<InlinePolicy> inline, int more)
    {
        var lengths = inline.ToDictionary(policy => policy.Name, policy => policy.Document.Count(character => !char.IsWhiteSpace(character)), StringComparer.Ordinal);
        // Of its own this process knows better than what IAM shows.
        foreach (var (name, length) in ended.LengthsOn(role))
            lengths[name] = length;
        return lengths.Where(one => Marker.IsEndedName(one.Key)).Sum(one => one.Value) + more <= Packing.ForEnded
            && lengths.Values.Sum() + more <= Packing.LimitOfRole;
    }
}
