using System.Text.Json;
using NhiGrains.Domain;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Applying;

namespace NhiGrains.Platforms.Aws.Credentials;

/// <summary>
/// Access keys of a user, one for a grant; AWS allows two. They have no end of their own, so the controller ends them; what the
/// grant gave ends natively all the same. Asked for again, a grant's key is rotated: the old one ends when the new one is there.
/// </summary>
internal sealed class UserKeys(AwsPlatformOptions options, Capabilities capabilities, IIamApi api, TimeProvider time)
{
    private const int Most = 2;
    private const string Pending = "pending";

    public async Task<Result<IssuedCredential>> IssueAsync(IamPrincipal user, CredentialRequest request, Fence fence, CancellationToken cancellation)
    {
        var (tag, writer) = (GrantTag.KeyOf(request.IdentityId, request.GrantId), new Writer(api, fence, cancellation));
        var before = user.Tags.GetValueOrDefault(tag);
        var keys = await api.ListAccessKeysAsync(user.Name, cancellation);
        var rotated = keys.FirstOrDefault(old => old.Id == before);
        if (keys.Count >= Most && rotated is null)
            return new Refusal("TOO_MANY_KEYS", $"{user.Name} has {keys.Count} access keys, and AWS allows no more than {Most}.", "End one of its grants, remove a key that nobody uses, or bind the identity to a role, whose sessions have no such limit.", "grantId");
        // What was there before tells the new key apart, should its answer be lost.
        await writer.TagAsync(user.Name, tag, string.Join('.', keys.Where(key => key.Id != before).Select(key => key.Id).Prepend(Pending)));
        try
        {
            // Without room for both, the old one has to go first.
            if (rotated is not null && keys.Count >= Most)
                await writer.EndKeyAsync(user.Name, rotated.Id);
            fence.ThrowIfStale();
            var key = await api.CreateAccessKeyAsync(user.Name, cancellation);
            await writer.TagAsync(user.Name, tag, key.Id);
            if (rotated is not null && keys.Count < Most)
                await writer.EndKeyAsync(user.Name, rotated.Id);
            // Whoever was away may have made the tag after the grant was ended, and then nobody would end this key.
            fence.ThrowIfStale();
            var process = JsonSerializer.Serialize(new { Version = 1, AccessKeyId = key.Id, SecretAccessKey = key.Secret });
            return new IssuedCredential(process, request.ExpiresAt, request.ExpiresAt + capabilities.ControllerLag + options.PropagationLag);
        }
        catch (PlatformException)
        {
            await TakeBackAsync(user, tag, cancellation);
            throw;
        }
    }

    /// <returns>Until when the key can still authenticate; null when there was none.</returns>
    public async Task<DateTimeOffset?> EndAsync(IamPrincipal user, string tag, Writer writer, CancellationToken cancellation)
    {
        if (!user.Tags.TryGetValue(tag, out var value))
            return null;
        var keys = await api.ListAccessKeysAsync(user.Name, cancellation);
        var ending = value.Split('.') is [Pending, .. var before]
            ? keys.Where(key => !before.Contains(key.Id, StringComparer.Ordinal) && !user.Tags.Values.Contains(key.Id, StringComparer.Ordinal))
            : keys.Where(key => key.Id == value);
        var ended = false;
        foreach (var key in ending)
        {
            await writer.EndKeyAsync(user.Name, key.Id);
            ended = true;
        }

        await writer.UntagAsync(user.Name, tag);
        return ended ? time.GetUtcNow() + options.PropagationLag : null;
    }

    // It takes away no more than this call has made itself, so no fence is asked.
    private async Task TakeBackAsync(IamPrincipal user, string tag, CancellationToken cancellation)
    {
        try
        {
            if (await api.FindAsync(user.Name, cancellation) is { } now)
                await EndAsync(now, tag, new Writer(api, new Fence(time, TimeSpan.FromHours(1)), cancellation), cancellation);
        }
        catch (PlatformException)
        {
            // The tag stays for the end of its grant, and why nothing was handed out is the better thing to tell.
        }
    }
}
