using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using NhiGrains.Platforms.Aws.Applying;
using NhiGrains.Platforms.Aws.Objects;

namespace NhiGrains.Platforms.Aws.Credentials;

/// <summary>
/// Denies everything to sessions that were ended: many of a role in one policy, since all inline policies of a role together have a bounded
/// length.
/// </summary>
/// <remarks>
/// IAM knows no preconditions and its reads can be behind, so a policy that two write, or that is made from what was read, could lose a
/// session. Each of these is written by this process alone, under a name that no other takes, and from what it remembers. Whose write had no
/// answer may still arrive, after any later one; so nothing is added to that policy any more. Nothing is forgotten before it is over. Called
/// by one at a time for a role.
/// </remarks>
/// <param name="lag">For how long IAM's reads may be behind.</param>
internal sealed class EndedSessions(TimeProvider time, TimeSpan lag)
{
    /// <summary>How long a policy is kept at least after it was last written, so that the next sessions still find room in it.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    /// <summary>For the clocks of our processes, which need not agree to the second.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<EndedOn, ImmutableList<EndedPolicy>> _written = new();

    /// <param name="session">The session's name.</param>
    /// <param name="until">When the last one of that name is over.</param>
    public Task DenyAsync(EndedOn on, string session, DateTimeOffset until, Writer writer)
    {
        var now = time.GetUtcNow();
        Forget(now);
        var all = On(on);
        // The same once more changes nothing, whatever arrives when.
        if (all.Find(policy => policy.Sessions.TryGetValue(session, out var before) && before >= until) is { } again)
            return WriteAsync(on, again, again, writer);
        var open = all.Find(policy => IsOpen(policy, now));
        var policy = open ?? new EndedPolicy(Marker.EndedName(on.IdentityId, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))), now, ImmutableSortedDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal), IsSettled: true);
        return WriteAsync(on, open, policy.Without(now).With(session, until, now + KeptFor), writer);
    }

    /// <summary>Takes out what is over.</summary>
    /// <returns>The policies that are gone with it.</returns>
    public async Task<IReadOnlyList<string>> TrimAsync(PrincipalName role, Writer writer)
    {
        var gone = new List<string>();
        var now = time.GetUtcNow();
        foreach (var (on, all) in _written.Where(one => one.Key.Role == role).ToArray())
        {
            foreach (var policy in all.Where(policy => IsOpen(policy, now) && policy.Sessions.Values.Any(until => until < now)))
            {
                var left = policy.Without(now);
                if (!left.Sessions.IsEmpty)
                {
                    await WriteAsync(on, policy, left, writer);
                    continue;
                }

                // A deletion without an answer may arrive late, so the name is not taken again.
                _written[on] = On(on).Remove(policy);
                await writer.DeletePolicyAsync(role, policy.Name);
                gone.Add(policy.Name);
            }
        }

        return gone;
    }

    /// <summary>The policies that this process wrote on a role and their lengths, whether IAM shows them yet or not.</summary>
    public IEnumerable<(string Name, int Length)> LengthsOn(PrincipalName role)
    {
        var now = time.GetUtcNow();
        return _written.Where(one => one.Key.Role == role).SelectMany(one => one.Value.Where(policy => policy.Until >= now).Select(policy => (policy.Name, policy.Document(one.Key).Length)));
    }

    private ImmutableList<EndedPolicy> On(EndedOn on) => _written.GetValueOrDefault(on, []);

    private async Task WriteAsync(EndedOn on, EndedPolicy? before, EndedPolicy written, Writer writer)
    {
        var others = before is null ? On(on) : On(on).Remove(before);
        _written[on] = others.Add(written with { IsSettled = false });
        try
        {
            await writer.PutPolicyAsync(on.Role, written.Name, written.Document(on));
            _written[on] = others.Add(written);
        }
        catch (PlatformException refused) when (refused.Error != PlatformError.Unavailable)
        {
            // It was not written, so what was there before is there.
            _written[on] = before is null ? others : others.Add(before);
            throw;
        }
    }

    /// <summary>
    /// One that is soon over is not added to: whoever reads it as it was before, and takes it away because it is over, would take away
    /// what was added.
    /// </summary>
    private bool IsOpen(EndedPolicy policy, DateTimeOffset now) => policy.IsSettled && policy.Until > now + lag + Margin;

    private void Forget(DateTimeOffset now)
    {
        // Nothing grows: whoever writes takes out what is over. What somebody else has just written is another value and stays.
        foreach (var old in _written.Where(one => one.Value.Exists(policy => policy.Until < now)))
        {
            var left = old.Value.RemoveAll(policy => policy.Until < now);
            if (left.IsEmpty)
                _written.TryRemove(old);
            else
                _written.TryUpdate(old.Key, left, old.Value);
        }
    }
}

/// <summary>Whose sessions of which role.</summary>
internal sealed record EndedOn(PrincipalName Role, string IdentityId, string RoleId);

/// <param name="Until">From when on it may be taken away.</param>
/// <param name="Sessions">By name, until when each may be going on.</param>
/// <param name="IsSettled">Whether AWS answered each write of it.</param>
internal sealed record EndedPolicy(string Name, DateTimeOffset Until, ImmutableSortedDictionary<string, DateTimeOffset> Sessions, bool IsSettled)
{
    public string Document(EndedOn on) => SessionPolicies.Document(Marker.EndedId(on.IdentityId, Until), on.RoleId, Sessions.Keys);

    public EndedPolicy Without(DateTimeOffset now) => this with { Sessions = Sessions.RemoveRange(Sessions.Where(session => session.Value < now).Select(session => session.Key)) };

    public EndedPolicy With(string session, DateTimeOffset until, DateTimeOffset atLeast) => this with
    {
        Sessions = Sessions.SetItem(session, until),
        Until = new[] { Until, until, atLeast }.Max(),
    };
}
