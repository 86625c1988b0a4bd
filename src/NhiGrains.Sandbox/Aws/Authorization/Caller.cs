using System.Collections.Immutable;
using System.Globalization;
using NhiGrains.Sandbox.Aws.Policies;
using NhiGrains.Sandbox.Aws.State;
using NhiGrains.Sandbox.Aws.Sts;

namespace NhiGrains.Sandbox.Aws.Authorization;

/// <summary>Who makes a request: a user, or a role in a session.</summary>
/// <param name="Arn">Of the user, or of the session.</param>
/// <param name="UserId">The user's id, or the role's id and the session's name.</param>
internal sealed record Caller(Principal Principal, Session? Session, string Arn, string UserId, PolicySources Sources)
{
    public static Caller Of(AwsState state, Principal principal, Session? session, Arns arns)
    {
        var sources = Policies(state, principal) with
        {
            Session = session?.Policy is { } text ? new NamedPolicy("session", PolicyReader.Identity(text)) : null,
        };
        return session is null
            ? new(principal, null, principal.Arn, principal.Id, sources)
            : new(principal, session, arns.Session(principal.Name, session.Name), $"{principal.Id}:{session.Name}", sources);
    }

    /// <summary>What every request of this caller has in its context.</summary>
    public RequestContext Context(DateTimeOffset now)
    {
        var context = RequestContext.Empty
            .With("aws:CurrentTime", Text(now))
            .With("aws:EpochTime", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))
            .With("aws:PrincipalArn", Principal.Arn)
            .With("aws:PrincipalAccount", Principal.Arn.Split(':')[4])
            .With("aws:PrincipalType", Session is null ? "User" : "AssumedRole")
            .With("aws:userid", UserId)
            .With(Principal.Tags, "aws:PrincipalTag/");
        return Session is null
            ? context.With("aws:username", Principal.Name)
            : context.With("aws:TokenIssueTime", Text(Session.Issued));
    }

    /// <summary>The policies that are on an entity, and on the groups it is in.</summary>
    public static PolicySources Policies(AwsState state, Entity entity)
    {
        var groups = entity is User user ? user.Groups.Select(name => state.Find(EntityKind.Group, name)).OfType<Entity>() : [];
        ImmutableArray<NamedPolicy> identity = [.. groups.Prepend(entity).SelectMany(one => Own(state, one))];
        var boundary = entity is Principal { Boundary: { } arn } && state.Policies.TryGetValue(arn, out var bound) ? new NamedPolicy(arn, bound.Document) : null;
        return new(identity, boundary);
    }

    private static IEnumerable<NamedPolicy> Own(AwsState state, Entity entity) =>
        entity.Inline.Select(policy => new NamedPolicy($"{entity.Kind.ToString().ToLowerInvariant()}_{entity.Name}_{policy.Key}", policy.Value))
            .Concat(entity.Attached.Where(state.Policies.ContainsKey).Select(arn => new NamedPolicy(arn, state.Policies[arn].Document)));

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
