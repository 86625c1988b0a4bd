using System.Collections.Immutable;
using System.Text.RegularExpressions;
using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp.Access;

/// <summary>What something is done to, with the policies that say whether it may be, and what conditions get to know of it.</summary>
/// <param name="Shown">As errors name it.</param>
/// <param name="Policies">Full names of what the policies are set on: its own first, the project's last.</param>
/// <param name="Name">
/// For <c>resource.name</c>; empty, like the two after it, for services that tell conditions nothing: IAM, Pub/Sub and Cloud Run.
/// </param>
internal sealed record Target(string Shown, ImmutableArray<string> Policies, string Name = "", string Type = "", string Service = "")
{
    /// <summary>The prefix that a list of objects asks for.</summary>
    public string? ObjectListPrefix { get; init; }

    /// <summary>The resource's own full name, which begins with two slashes.</summary>
    public string FullName => Policies[0];
}

/// <summary>The targets of one project.</summary>
internal sealed partial class Targets(string project, long number)
{
    private string ProjectName => $"//cloudresourcemanager.googleapis.com/projects/{project}";

    public Target Project => new(
        $"projects/{project}", [ProjectName], $"projects/{project}", "cloudresourcemanager.googleapis.com/Project", "cloudresourcemanager.googleapis.com");

    /// <summary>By unique id: the policy of an account that was deleted is not that of one that is made again.</summary>
    public Target Account(ServiceAccount account) => Own(
        $"projects/{project}/serviceAccounts/{account.Email}", $"//iam.googleapis.com/projects/{project}/serviceAccounts/{account.UniqueId}");

    public Target Bucket(string bucket) =>
        Storage($"projects/_/buckets/{bucket}", $"//storage.googleapis.com/projects/_/buckets/{bucket}", "Bucket");

    /// <summary>An object has no policy of its own here: access to buckets is uniform.</summary>
    public Target Object(string bucket, string name) =>
        Storage($"projects/_/buckets/{bucket}/objects/{name}", $"//storage.googleapis.com/projects/_/buckets/{bucket}", "Object");

    public Target Topic(string topic) => Own($"projects/{project}/topics/{topic}", $"//pubsub.googleapis.com/projects/{project}/topics/{topic}");

    public Target Subscription(string name) =>
        Own($"projects/{project}/subscriptions/{name}", $"//pubsub.googleapis.com/projects/{project}/subscriptions/{name}");

    /// <summary>Conditions see the project's number in the name, and not its id.</summary>
    public Target Secret(string secret) => new(
        $"projects/{project}/secrets/{secret}",
        [$"//secretmanager.googleapis.com/projects/{project}/secrets/{secret}", ProjectName],
        $"projects/{number}/secrets/{secret}",
        "secretmanager.googleapis.com/Secret",
        "secretmanager.googleapis.com");

    public Target SecretVersion(string secret, string version) => Secret(secret) with
    {
        Shown = $"projects/{project}/secrets/{secret}/versions/{version}",
        Name = $"projects/{number}/secrets/{secret}/versions/{version}",
        Type = "secretmanager.googleapis.com/SecretVersion",
    };

    public Target RunService(string location, string service) => Own(
        $"projects/{project}/locations/{location}/services/{service}",
        $"//run.googleapis.com/projects/{project}/locations/{location}/services/{service}");

    /// <summary>What a full resource name names, as Policy Troubleshooter takes it; null: nothing that the sandbox has a service for.</summary>
    public Target? Find(string fullName, ProjectState state)
    {
        var match = Full().Match(fullName);
        if (!match.Success || (match.Groups["p"] is { Success: true } named && named.Value != project && named.Value != $"{number}"))
            return null;
        string Part(string name) => match.Groups[name].Value;
        return match switch
        {
            _ when match.Groups["account"].Success =>
                (state.ByEmail(Part("account")) ?? state.Accounts.GetValueOrDefault(Part("account"))) is { } account ? Account(account) : null,
            _ when match.Groups["object"].Success => Object(Part("bucket"), Part("object")),
            _ when match.Groups["bucket"].Success => Bucket(Part("bucket")),
            _ when match.Groups["topic"].Success => Topic(Part("topic")),
            _ when match.Groups["subscription"].Success => Subscription(Part("subscription")),
            _ when match.Groups["version"].Success => SecretVersion(Part("secret"), Part("version")),
            _ when match.Groups["secret"].Success => Secret(Part("secret")),
            _ when match.Groups["service"].Success => RunService(Part("location"), Part("service")),
            _ => Project,
        };
    }

    private Target Own(string shown, string fullName) => new(shown, [fullName, ProjectName]);

    private Target Storage(string shown, string policy, string type) =>
        new(shown, [policy, ProjectName], shown, $"storage.googleapis.com/{type}", "storage.googleapis.com");

    [GeneratedRegex(
        """
        ^//(cloudresourcemanager\.googleapis\.com/projects/(?<p>[^/]+)
        |iam\.googleapis\.com/projects/(?<p>[^/]+)/serviceAccounts/(?<account>[^/]+)
        |storage\.googleapis\.com/projects/_/buckets/(?<bucket>[^/]+)(/objects/(?<object>.+))?
        |pubsub\.googleapis\.com/projects/(?<p>[^/]+)/topics/(?<topic>[^/]+)
        |pubsub\.googleapis\.com/projects/(?<p>[^/]+)/subscriptions/(?<subscription>[^/]+)
        |secretmanager\.googleapis\.com/projects/(?<p>[^/]+)/secrets/(?<secret>[^/]+)(/versions/(?<version>[^/]+))?
        |run\.googleapis\.com/projects/(?<p>[^/]+)/locations/(?<location>[^/]+)/services/(?<service>[^/]+))$
        """,
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace,
        1000)]
    private static partial Regex Full();
}
