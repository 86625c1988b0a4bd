using System.Security.Cryptography;
using System.Text.Json;
using NhiGrains.Domain;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Applying;
using NhiGrains.Platforms.Aws.Compiling;

namespace NhiGrains.Platforms.Aws.Credentials;

/// <summary>
/// Sessions of a role, each under a name of its grant. AWS cannot take a session back, so all is denied to that name, until the last
/// session of it is over; other sessions of the role go on.
/// </summary>
internal sealed class RoleSessions(
    AwsPlatformOptions options, Capabilities capabilities, IIamApi api, EndedSessions ended, DenialRoom room, Ourselves ourselves, TimeProvider time)
{
    private static readonly TimeSpan LongestOfAll = TimeSpan.FromHours(12);
    private static readonly TimeSpan LongestFromASession = TimeSpan.FromHours(1);
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    public async Task<Result<IssuedCredential>> IssueAsync(IamPrincipal role, CredentialRequest request, Fence fence, CancellationToken cancellation)
    {
        var known = await ourselves.KnowAsync(cancellation);
        var lifetime = Lifetime(role, request.ExpiresAt - request.Now, known.IsSession);
        var (tag, writer) = (GrantTag.KeyOf(request.IdentityId, request.GrantId), new Writer(api, fence, cancellation));
        var tagged = GrantTag.Read(role.Tags.GetValueOrDefault(tag));
        var before = Known(role, tagged, SessionHandle.Read(request.Handle));
        if (tagged is null && await NoRoomAsync(role, writer) is { } full)
            return full;
        if (!(tagged?.Until >= time.GetUtcNow()) && await room.CheckAsync(role, request.IdentityId, tag, writer, cancellation) is { } noRoom)
            return noRoom;
        // By our own clock on both ends, so AWS's may be any. A fence lasts seconds, so what is handed out was issued seconds after this;
        // the rest is for the clocks of our processes, which need not agree to the second.
        var at = time.GetUtcNow();
        var until = Later(at + lifetime + Margin, before?.Until);
        var epoch = before?.Epoch ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        if (tagged is not { } written || written.Epoch != epoch || written.Until < until)
            await writer.TagAsync(role.Name, tag, GrantTag.Value(until, epoch));
        try
        {
            var session = await writer.AssumeRoleAsync(role.Arn, NameOf(tag, epoch), lifetime);
            // Whoever was away may have made the tag after the grant was ended, and then nobody would end this session.
            fence.ThrowIfStale();
            return Issued(session, request) with { Handle = new SessionHandle(role.Id, at, until, epoch).Value() };
        }
        catch (PlatformException failure)
        {
            if (before is null)
                await TakeBackAsync(role, request.IdentityId, tag, GrantTag.Value(until, epoch), failure.Error, cancellation);
            throw Explained(failure, role, known.Arn);
        }
    }

    /// <summary>
    /// Ends by the tag, and by what the engine keeps: what was handed out is in one of them. Who issued it stored the handle before handing it
    /// out, and who ends it has read the engine's state afterwards, or stores nothing of this end. What is in the tag alone nobody has, and
    /// it is ended with its grant when the tag is seen by then, and otherwise when the identity leaves.
    /// </summary>
    /// <returns>Until when a session still has what it had; null when there was none, or all are over.</returns>
    public async Task<DateTimeOffset?> EndAsync(Ending ending, Writer writer)
    {
        var (now, handed) = (time.GetUtcNow(), SessionHandle.Read(ending.Handle));
        DateTimeOffset? residual = null;
        if (handed is not null && handed.Until >= now && await IsDeniedAsync(ending, handed, now, writer))
            residual = Instants.Earlier(now + options.PropagationLag, handed.Until);
        var tagged = GrantTag.Read(ending.Value);
        if (tagged is { } read && ending.Seen is { } role && read.Until >= now && !(read.Epoch == handed?.Epoch && read.Until <= handed.Until))
        {
            await DenyAsync(ending, role.Id, read.Until, read.Epoch, writer);
            residual = Later(Instants.Earlier(now + options.PropagationLag, read.Until), residual);
        }

        // A value that somebody changed says nothing of its end or name, and there is then nothing to end by.
        if (ending.Value is not null && tagged is null)
            throw new PlatformException(PlatformError.Rejected, $"The tag {ending.Tag} of {ending.Name} was changed by hand. End the role's sessions by hand, and remove it.");
        if (ending.Value is not null)
            await writer.UntagAsync(ending.Name, ending.Tag);
        return residual;
    }

    /// <returns>False when the role is gone, and its sessions with it.</returns>
    /// <exception cref="PlatformException">With <see cref="PlatformError.Unavailable"/>: IAM may be behind, and not know the role yet.</exception>
    private async Task<bool> IsDeniedAsync(Ending ending, SessionHandle handed, DateTimeOffset now, Writer writer)
    {
        var isGone = ending.Seen is { } seen && seen.Id != handed.RoleId;
        try
        {
            if (!isGone)
                await DenyAsync(ending, handed.RoleId, handed.Until, handed.Epoch, writer);
        }
        catch (PlatformException absent) when (absent.Error == PlatformError.NotFound)
        {
            isGone = true;
        }

        return isGone && now - handed.At <= options.PropagationLag
            ? throw new PlatformException(PlatformError.Unavailable, $"IAM does not show {ending.Name} yet as it was less than {options.PropagationLag.TotalSeconds:0} s ago, when a session of it was handed out.")
            : !isGone;
    }

    private Task DenyAsync(Ending ending, string roleId, DateTimeOffset until, string epoch, Writer writer) =>
        ended.DenyAsync(new(ending.Name, ending.IdentityId, roleId), NameOf(ending.Tag, epoch), until, writer);

    /// <summary>What there is already of the grant: what was handed out, and otherwise what the tag says.</summary>
    private static (DateTimeOffset Until, string Epoch)? Known(IamPrincipal role, (DateTimeOffset Until, string Epoch)? tagged, SessionHandle? handed) =>
        handed is null || handed.RoleId != role.Id ? tagged
        : (tagged?.Epoch == handed.Epoch ? Later(handed.Until, tagged?.Until) : handed.Until, handed.Epoch);

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
        var over = role.Tags.Where(one => GrantTag.IsAny(one.Key) && GrantTag.Read(one.Value)?.Until < time.GetUtcNow()).ToArray();
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

    // It takes away no more than this call has made itself, so no fence is asked.
    private async Task TakeBackAsync(IamPrincipal role, string identityId, string tag, string value, PlatformError error, CancellationToken cancellation)
    {
        try
        {
            var writer = new Writer(api, new Fence(time, TimeSpan.FromHours(1)), cancellation);
            if (error is PlatformError.AccessDenied or PlatformError.Rejected or PlatformError.Throttled)
            {
                // AWS said no, so there is no session.
                await writer.UntagAsync(role.Name, tag);
                return;
            }

            // Without an answer there may be one, and one that was issued to a writer that was away is not handed out.
            var marked = role with { Tags = new Dictionary<string, string>(StringComparer.Ordinal) { [tag] = value } };
            await EndAsync(new(role.Name, marked, identityId, tag, Handle: null), writer);
        }
        catch (PlatformException)
        {
            // The tag stays for the end of its grant, and why nothing was handed out is the better thing to tell.
        }
    }

    private static PlatformException Explained(PlatformException failure, IamPrincipal role, string arn) => failure.Error == PlatformError.AccessDenied
        ? new(failure.Error, $"{failure.Message} The trust policy of {role.Name} has to let {arn} assume it; where it names the whole account, our own policy has to allow sts:AssumeRole on it as well.")
        : failure;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset? other) => other > one ? other.Value : one;

    /// <summary>A session's name is in every log of AWS, and leads back to the grant.</summary>
    private static string NameOf(string tag, string epoch) => $"nhi-{GrantTag.GrantOf(tag)}-{epoch}";
}
