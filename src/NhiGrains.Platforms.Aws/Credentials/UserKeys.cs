using System.Text.Json;
using NhiGrains.Domain;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Applying;
using NhiGrains.Platforms.Aws.Objects;

namespace NhiGrains.Platforms.Aws.Credentials;

/// <summary>
/// Access keys of a user, one for a grant; AWS allows two. They have no end of their own, so the controller ends them; what the
/// grant gave ends natively all the same. Asked for again, a grant's key is rotated: the old one ends when the new one is there.
/// </summary>
internal sealed class UserKeys(AwsPlatformOptions options, Capabilities capabilities, IIamApi api, TimeProvider time)
{
    private const int Most = 2;

    /// <summary>The tag and the key are a request each, which may have to wait for its turn.</summary>
    private TimeSpan Window => 2 * (options.RequestTimeout + options.Budget.LongestWait);

    public async Task<Result<IssuedCredential>> IssueAsync(IamPrincipal user, CredentialRequest request, Fence fence, CancellationToken cancellation)
    {
        var (tag, writer) = (GrantTag.KeyOf(request.IdentityId, request.GrantId), new Writer(api, fence, cancellation));
        var handed = KeyHandle.Read(request.Handle);
        var keys = await api.ListAccessKeysAsync(user.Name, cancellation);
        if (handed is not null && user.Tags.GetValueOrDefault(tag) is { } value)
        {
            // What the tag names beside was made by somebody who broke off before he handed it out.
            var broken = Ending(user, tag, value, keys).Where(key => key.Id != handed.KeyId).ToArray();
            foreach (var key in broken)
                await writer.EndKeyAsync(user.Name, key.Id);
            keys = [.. keys.Except(broken)];
        }

        var rotated = handed?.KeyId ?? keys.FirstOrDefault(old => old.Id == user.Tags.GetValueOrDefault(tag))?.Id;
        // One that was handed out is there, whether it is seen yet or not.
        var others = keys.Where(key => key.Id != rotated).Select(key => key.Id).ToArray();
        if (others.Length >= Most)
            return new Refusal("TOO_MANY_KEYS", $"{user.Name} has {keys.Count} access keys, and AWS allows no more than {Most}.", "End one of its grants, remove a key that nobody uses, or bind the identity to a role, whose sessions have no such limit.", "grantId");
        var pending = new PendingKey(time.GetUtcNow(), rotated, others);
        await writer.TagAsync(user.Name, tag, pending.Value());
        try
        {
            // Without room for both, the old one has to go first.
            var noRoom = others.Length + 1 >= Most;
            if (rotated is not null && noRoom)
                await EndAsync(user.Name, rotated, handed, writer);
            var key = await writer.CreateAccessKeyAsync(user.Name);
            var at = time.GetUtcNow();
            // The tag names both until the old one is gone.
            if (rotated is not null && !noRoom)
                await EndAsync(user.Name, rotated, handed, writer);
            await writer.TagAsync(user.Name, tag, key.Id);
            // Whoever was away may have made the tag after the grant was ended, and then nobody would end this key.
            fence.ThrowIfStale();
            var process = JsonSerializer.Serialize(new { Version = 1, AccessKeyId = key.Id, SecretAccessKey = key.Secret });
            return new IssuedCredential(process, request.ExpiresAt, request.ExpiresAt + capabilities.ControllerLag + options.PropagationLag) { Handle = new KeyHandle(key.Id, at).Value() };
        }
        catch (PlatformException)
        {
            await TakeBackAsync(user, tag, pending, cancellation);
            throw;
        }
    }

    /// <summary>
    /// Ends by the tag, and by what the engine keeps: what was handed out is in one of them. Who issued it stored the handle before handing it
    /// out, and who ends it has read the engine's state afterwards, or stores nothing of this end. What is in the tag alone nobody has, and
    /// it is ended with its grant when the tag is seen by then, and otherwise when the identity leaves.
    /// </summary>
    /// <returns>Until when the key can still authenticate; null when there was none.</returns>
    public async Task<DateTimeOffset?> EndAsync(Ending ending, Writer writer, CancellationToken cancellation)
    {
        var handed = KeyHandle.Read(ending.Handle);
        var ended = handed is not null && await EndAsync(ending.Name, handed.KeyId, handed, writer);
        if (ending is { Seen: { } user, Value: { } value })
        {
            foreach (var key in Ending(user, ending.Tag, value, await api.ListAccessKeysAsync(user.Name, cancellation)))
            {
                if (key.Id != handed?.KeyId)
                    await writer.EndKeyAsync(user.Name, key.Id);
                ended = true;
            }

            await writer.UntagAsync(user.Name, ending.Tag);
        }

        return ended ? time.GetUtcNow() + options.PropagationLag : null;
    }

    /// <returns>Whether it was there.</returns>
    /// <exception cref="PlatformException">With <see cref="PlatformError.Unavailable"/>: it was made a moment ago, and IAM does not know it yet.</exception>
    private async Task<bool> EndAsync(PrincipalName user, string keyId, KeyHandle? handed, Writer writer)
    {
        var isKnown = await writer.EndKeyAsync(user, keyId);
        return isKnown || !(time.GetUtcNow() - handed?.At <= options.PropagationLag)
            ? isKnown
            : throw new PlatformException(PlatformError.Unavailable, $"IAM does not know the access key {keyId} of {user} yet, which was handed out less than {options.PropagationLag.TotalSeconds:0} s ago, or it was ended just now.");
    }

    /// <exception cref="PlatformException">With <see cref="PlatformError.Rejected"/>: a value that somebody changed does not say which key is ours.</exception>
    private IEnumerable<AccessKey> Ending(IamPrincipal user, string tag, string value, IReadOnlyList<AccessKey> keys)
    {
        if (!PendingKey.Is(value))
            return keys.Where(key => key.Id == value);
        var pending = PendingKey.Read(value) ?? throw new PlatformException(PlatformError.Rejected, $"The tag {tag} of {user.Name} was changed by hand. End the key of its grant by hand, and remove it.");
        return pending.Made(keys, OfOthers(user, tag), Window).Concat(keys.Where(key => key.Id == pending.Rotated));
    }

    // It takes away no more than this call has made itself, so no fence is asked.
    private async Task TakeBackAsync(IamPrincipal user, string tag, PendingKey pending, CancellationToken cancellation)
    {
        try
        {
            var writer = new Writer(api, new Fence(time, TimeSpan.FromHours(1)), cancellation);
            if (await api.FindAsync(user.Name, cancellation) is not { } now)
                return;
            var keys = await api.ListAccessKeysAsync(user.Name, cancellation);
            foreach (var key in pending.Made(keys, OfOthers(now, tag), Window))
                await writer.EndKeyAsync(user.Name, key.Id);
            // The old one works on, and its tag says so.
            if (keys.FirstOrDefault(key => key.Id == pending.Rotated) is { } old)
                await writer.TagAsync(user.Name, tag, old.Id);
            else
                await writer.UntagAsync(user.Name, tag);
        }
        catch (PlatformException)
        {
            // The tag stays for the end of its grant, and why nothing was handed out is the better thing to tell.
        }
    }

    private static IEnumerable<string> OfOthers(IamPrincipal user, string tag) => user.Tags.Where(one => one.Key != tag).Select(one => one.Value);
}
