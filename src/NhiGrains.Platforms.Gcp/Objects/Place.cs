namespace NhiGrains.Platforms.Gcp.Objects;

/// <summary>What has an allow policy of its own.</summary>
internal enum PlaceKind
{
    Project,
    ServiceAccount,
    Bucket,
    Topic,
    Subscription,
    Secret,
    RunService,
}

/// <summary>Where a binding hangs.</summary>
/// <param name="Name">Google's relative name, for example <c>projects/_/buckets/orders</c>.</param>
internal sealed record Place(PlaceKind Kind, string Name)
{
    private const string BucketPrefix = "projects/_/buckets/";

    /// <summary>Google takes conditions in the policies of these; Pub/Sub refuses them.</summary>
    public bool TakesConditions => Kind is not (PlaceKind.Topic or PlaceKind.Subscription);

    public static Place Project(string project) => new(PlaceKind.Project, $"projects/{project}");

    public static Place Bucket(string bucket) => new(PlaceKind.Bucket, BucketPrefix + bucket);

    /// <summary>Of a bucket, its name alone.</summary>
    public string BucketName => Name[BucketPrefix.Length..];

    /// <summary>The name of a resource as authorizers and asset inventories know it.</summary>
    public string FullName => FullNameOf(Kind, Name);

    public static string FullNameOf(PlaceKind kind, string name) => $"//{kind switch
    {
        PlaceKind.Project => "cloudresourcemanager",
        PlaceKind.ServiceAccount => "iam",
        PlaceKind.Bucket => "storage",
        PlaceKind.Topic or PlaceKind.Subscription => "pubsub",
        PlaceKind.Secret => "secretmanager",
        _ => "run",
    }}.googleapis.com/{name}";

    /// <exception cref="PlatformException">With <see cref="PlatformError.Rejected"/>, when access is not given there.</exception>
    public static Place Parse(string name, string project) => name.Split('/') switch
    {
        ["projects", var id] when id == project => Project(project),
        ["projects", "_", "buckets", _] => new(PlaceKind.Bucket, name),
        ["projects", var id, "topics", _] when id == project => new(PlaceKind.Topic, name),
        ["projects", var id, "subscriptions", _] when id == project => new(PlaceKind.Subscription, name),
        ["projects", var id, "secrets", _] when id == project => new(PlaceKind.Secret, name),
        ["projects", var id, "locations", _, "services", _] when id == project => new(PlaceKind.RunService, name),
        _ => throw new PlatformException(PlatformError.Rejected, $"'{name}' is no place of project '{project}' at which access is given."),
    };

    public override string ToString() => Name;
}
