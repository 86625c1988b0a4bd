using System.Collections.Immutable;
using NhiGrains.Sandbox.Aws.Iam;
using NhiGrains.Sandbox.Aws.Policies;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws;

/// <summary>What an account has when it is opened: an admin with a key, and a few of AWS's own policies.</summary>
internal static class Seed
{
    private static readonly (string Name, string Statement)[] OfAws =
    [
        ("AdministratorAccess", """{"Effect":"Allow","Action":"*","Resource":"*"}"""),
        ("AWSDenyAll", """{"Effect":"Deny","Action":["*"],"Resource":"*"}"""),
        ("AmazonS3FullAccess", """{"Effect":"Allow","Action":["s3:*","s3-object-lambda:*"],"Resource":"*"}"""),
        ("AmazonS3ReadOnlyAccess", """{"Effect":"Allow","Action":["s3:Get*","s3:List*","s3:Describe*","s3-object-lambda:Get*","s3-object-lambda:List*"],"Resource":"*"}"""),
    ];

    public static AwsState State(Arns arns, AccessKey key)
    {
        var state = new AwsState();
        foreach (var (name, statement) in OfAws)
        {
            var document = PolicyReader.Identity($$"""{"Version":"2012-10-17","Statement":[{{statement}}]}""");
            var arn = $"arn:aws:iam::aws:policy/{name}";
            state = state with { Policies = state.Policies.Add(arn, new(name, "/", Ids.Policy, arn, key.Created, document)) };
        }

        var admin = new User
        {
            Name = "admin",
            Path = "/",
            Id = Ids.User,
            Arn = arns.Entity(EntityKind.User, "/", "admin"),
            Created = key.Created,
            Attached = ImmutableSortedSet.Create(StringComparer.Ordinal, "arn:aws:iam::aws:policy/AdministratorAccess"),
        };
        return AccessKeyOperations.With(state, admin, key, most: 1);
    }

    public static Role Role(Arns arns, AwsRoleSeed seed, DateTimeOffset now)
    {
        var trust = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"{{arns.Root}}"},"Action":"sts:AssumeRole"}]}""";
        return new()
        {
            Name = seed.Name,
            Path = seed.Path,
            Id = Ids.Role,
            Arn = arns.Entity(EntityKind.Role, seed.Path, seed.Name),
            Created = now,
            Trust = new(PolicyReader.Trust(trust), ImmutableDictionary<string, string>.Empty),
            Tags = seed.Tags.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Inline = seed.InlinePolicies.ToImmutableSortedDictionary(policy => policy.Key, policy => PolicyReader.Identity(policy.Value), StringComparer.Ordinal),
        };
    }
}
