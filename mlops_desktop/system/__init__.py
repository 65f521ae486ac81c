"""Every call that differs between operating systems, and the one way in which bytes become final.

* `durable`: `publish`, `staged`, `write_bytes`, `fsync_folder`: a file stands under its name whole, or not at all.
* `safe_paths`: `open_nofollow` and `within` keep a hostile project folder from leading out of itself; `stored_path`.
* `processes`: `identity`, `is_alive`, `spawn`, `terminate_tree`, `lower_priority`.
* `loopback`: `listen_on_loopback`.
* `machine`: `machine_id`, `machine_name`, `usable_cores`, `boot_id`, `folder_kind`, `state_folder`, `config_folder`.
* `crash_points`: `crash_point` names the moments at which a kill must lose nothing (`CRASH_POINTS`).
* `platforms`: `Platform`, which what depends on the system takes; `HERE` is the one we run on, a test hands in another.
"""

from __future__ import annotations

from mlops_desktop.system.crash_points import CRASH_POINTS, CRASH_VARIABLE, crash_point
from mlops_desktop.system.durable import (
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    TEMP_SUFFIX,
    create_once,
    fsync_folder,
    keep_new_files_private,
    make_private_folder,
    publish,
    publish_new,
    resource_error,
    staged,
    write_bytes,
)
from mlops_desktop.system.loopback import LOOPBACK, listen_on_loopback
from mlops_desktop.system.machine import (
    APPLICATION,
    FolderKind,
    boot_id,
    config_folder,
    folder_id,
    folder_kind,
    is_network_folder,
    machine_id,
    machine_name,
    state_folder,
    usable_cores,
)
from mlops_desktop.system.platforms import HERE, Platform, platform_named
from mlops_desktop.system.processes import (
    SERVICE_NICENESS,
    Detachment,
    Identity,
    detachment,
    identity,
    is_alive,
    let_go,
    lower_priority,
    memory_of,
    spawn,
    terminate_tree,
    tree,
)
from mlops_desktop.system.safe_paths import is_link, open_nofollow, stored_path, within

__all__ = [
    "APPLICATION",
    "CRASH_POINTS",
    "CRASH_VARIABLE",
    "HERE",
    "LOOPBACK",
    "PRIVATE_FILE",
    "PRIVATE_FOLDER",
    "SERVICE_NICENESS",
    "TEMP_SUFFIX",
    "Detachment",
    "FolderKind",
    "Identity",
    "Platform",
    "boot_id",
    "config_folder",
    "crash_point",
    "create_once",
    "detachment",
    "folder_id",
    "folder_kind",
    "fsync_folder",
    "identity",
    "is_alive",
    "is_link",
    "is_network_folder",
    "keep_new_files_private",
    "let_go",
    "listen_on_loopback",
    "lower_priority",
    "machine_id",
    "machine_name",
    "make_private_folder",
    "memory_of",
    "open_nofollow",
    "platform_named",
    "publish",
    "publish_new",
    "resource_error",
    "spawn",
    "staged",
    "state_folder",
    "stored_path",
    "terminate_tree",
    "tree",
    "usable_cores",
    "within",
    "write_bytes",
]
