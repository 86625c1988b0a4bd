using System.Security.Cryptography;
using System.Text.Json;
using NhiGrains.Domain;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Applying;
using NhiGrains.Platforms.Aws.Compiling;
using NhiGrains.Platforms.Aws.Objects;

namespace NhiGrains.Platforms.Aws.Credentials;

/// <summary>
/// Sessions of a role, each under a name of its grant. AWS cannot take a session back, so all is denied to that name, until the last
/// session of it is over; other sessions of the role go on.
/// </summary>
internal sealed class RoleSessions(AwsPlatformOptions options, Capabilities capabilities, IIamApi api, Ourselves ourselves, TimeProvider time)
{
    private static readonly TimeSpan LongestOfAll = TimeSpan.FromHours(12);
    private static readonly TimeSpan LongestFromASession = TimeSpan.FromHours(1);

    public async Task<Result<IssuedCredential>> IssueAsync(IamPrincipal role, CredentialRequest request, Fence fence, CancellationToken cancellation)
    {
        var known = await ourselves.KnowAsync(cancellation);
        var lifetime = Lifetime(role, request.ExpiresAt - request.Now, known.IsSession);
        var (tag, writer) = (GrantTag.KeyOf(request.IdentityId, request.GrantId), new Writer(api, fence, cancellation));
        var before = GrantTag.Read(role.Tags.GetValueOrDefault(tag));
        if (before is null && await NoRoomAsync(role, writer) is { } full)
            return full;
        // A minute more: AWS's clock is not ours, and a session must not outlive what is written down of it.
        var until = time.GetUtcNow() + lifetime + TimeSpan.FromMinutes(1);
        var epoch = before?.Epoch ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        if (before is not { } written || written.Until < until)
            await writer.TagAsync(role.Name, tag, GrantTag.Value(until, epoch));
        try
        {
            fence.ThrowIfStale();
            var session = await api.AssumeRoleAsync(role.Arn, NameOf(tag, epoch), lifetime, cancellation);
            // Whoever was away may have made the tag after the grant was ended, and then nobody would end this session.
            fence.ThrowIfStale();
            return Issued(session, request);
        }
        catch (PlatformException failure)
        {
            if (before is null)
                await TakeBackAsync(role, request.IdentityId, tag, GrantTag.Value(until, epoch), cancellation);
            throw Explained(failure, role, known.Arn);
        }
    }

    /// <returns>Until when a session still has what it had; null when there was none, or all are over.</returns>
    public async Task<DateTimeOffset?> EndAsync(IamPrincipal role, string identityId, string tag, Writer writer)
    {
        if (!role.Tags.TryGetValue(tag, out var value))
            return null;
        var now = time.GetUtcNow();
        // A value that somebody changed says nothing of its end or name, and there is then nothing to end by.
        var written = GrantTag.Read(value) ?? throw new PlatformException(PlatformError.Rejected, $"The tag {tag} of {role.Name} was changed by hand. End the role's sessions by hand, and remove it.");
        if (written.Until >= now)
        {
            var policy = Marker.EndedName(identityId, $"{GrantTag.GrantOf(tag)}-{written.Epoch}");
            await writer.PutPolicyAsync(role.Name, policy, SessionPolicies.Document(Marker.EndedId(identityId, written.Until), role.Id, NameOf(tag, written.Epoch), written.Until));
        }

        await writer.UntagAsync(role.Name, tag);
        return written.Until < now ? null : Instants.Earlier(now + options.PropagationLag, written.Until);
    }

    private static TimeSpan Lifetime(IamPrincipal role, TimeSpan left, bool fromASession)
    {
        var longest = role.MaxSession ?? LongestFromASession;
        longest = longest > LongestOfAll ? LongestOfAll : longest;
        longest = fromASession && longest > LongestFromASession ? LongestFromASession : longest;
        var shortest = TimeSpan.FromMinutes(15);
        return TimeSpan.FromSeconds(Math.Floor((left < shortest ? shortest : left > longest ? longest : left).TotalSeconds));
    }

    /// <summary>Tags of sessions that are over make room.</summary>
    private async Task<Refusal?> NoRoomAsync(IamPrincipal role, Writer writer)
    {
        if (role.Tags.Count < GrantTag.Most)
            return null;
        var over = role.Tags.Where(one => one.Key.StartsWith("nhigrains:grant:", StringComparison.Ordinal) && GrantTag.Read(one.Value)?.Until < time.GetUtcNow()).ToArray();
        foreach (var (tag, _) in over)
            await writer.UntagAsync(role.Name, tag);
        return role.Tags.Count - over.Length < GrantTag.Most
            ? null
            : new("TOO_MANY_SESSIONS", $"{role.Name} has as many grants with sessions as its tags have room for.", "Wait until one is over, or bind the identity to another role.", "grantId");
    }

    private IssuedCredential Issued(SecretKey session, CredentialRequest request)
    {
        if (session is not { SessionToken: { } token, Expires: { } expires })
            throw AwsFailures.Unavailable("AssumeRole", "the answer holds no session", null);
        var process = JsonSerializer.Serialize(new { Version = 1, AccessKeyId = session.Id, SecretAccessKey = session.Secret, SessionToken = token, Expiration = Bounds.Text(expires) });
        return new(process, expires, Instants.Earlier(request.ExpiresAt + capabilities.ControllerLag + options.PropagationLag, expires));
    }

    // It takes away no more than this call has made itself, so no fence is asked. An AssumeRole without an answer may have made a session.
    private async Task TakeBackAsync(IamPrincipal role, string identityId, string tag, string value, CancellationToken cancellation)
    {
        try
        {
            var marked = role with { Tags = new Dictionary<string, string>(StringComparer.Ordinal) { [tag] = value } };
            await EndAsync(marked, identityId, tag, new Writer(api, new Fence(time, TimeSpan.FromHours(1)), cancellation));
        }
        catch (PlatformException)
        {
            // The tag stays for the end of its grant, and why nothing was handed out is the better thing to tell.
        }
    }

    private static PlatformException Explained(PlatformException failure, IamPrincipal role, string arn) => failure.Error == PlatformError.AccessDenied
        ? new(failure.Error, $"{failure.Message} The trust policy of {role.Name} has to let {arn} assume it; where it names the whole account, our own policy has to allow sts:AssumeRole on it as well.")
        : failure;

    /// <summary>A session's name is in every log of AWS, and leads back to the grant.</summary>
    private static string NameOf(string tag, string epoch) => $"nhi-{GrantTag.GrantOf(tag)}-{epoch}";
}
