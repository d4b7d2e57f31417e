# engines.bash - what divides work among workers, set up in $folder for a test
# and stopped after it.  Sourced by scale.sh.
#
# have_NAME prints what is missing; start_NAME starts it, stop_engines ends all.

started=() # process ids
spaces=()  # network namespaces

stop_engines() {
    local id space
    for id in ${started[@]+"${started[@]}"}; do
        kill "$id" 2>/dev/null && wait "$id" 2>/dev/null
    done
    for space in ${spaces[@]+"${spaces[@]}"}; do
        ip netns pids "$space" 2>/dev/null | xargs -r kill 2>/dev/null
        ip netns del "$space" 2>/dev/null
    done
    started=() spaces=()
}

missing_of() { # PROGRAM...
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null || echo "$program is not installed"
    done | head -n 1
}

root_missing() {
    [ "$(id -u)" -eq 0 ] || echo "root is needed"
}

have_merge() { :; }

have_parallel() { missing_of parallel; }

# Two hosts, worker1 and worker2, are network namespaces of this machine with
# an sshd each, its key, and $folder/hosts/bin before the rest of PATH.
have_hosts() {
    local missing
    missing=$(missing_of parallel ip ssh ssh-keygen sshd)$(root_missing)
    if [ -z "$missing" ] && ! ip netns add "xenc-$$" 2>/dev/null; then
        missing="network namespaces are not allowed"
    fi
    ip netns del "xenc-$$" 2>/dev/null
    echo "$missing"
}

start_hosts() { # DIRECTORY OF xenc
    local n keys=$folder/hosts
    mkdir -p "$keys" /run/sshd
    ssh-keygen -q -t ed25519 -N '' -f "$keys/user"
    for n in 1 2; do
        start_host $n "$1" || return
    done
    cat >"$keys/config" <<END
Host worker1
    HostName 198.18.1.2
Host worker2
    HostName 198.18.2.2
Host *
    User root
    IdentityFile $keys/user
    IdentitiesOnly yes
    UserKnownHostsFile $keys/known
    StrictHostKeyChecking accept-new
    LogLevel ERROR
END
    export PARALLEL_SSH="ssh -F $keys/config"
    for n in 1 2; do
        wait_for $PARALLEL_SSH worker$n true || return
    done
}

# 198.18.0.0/15 is for tests of networks (RFC 2544).
start_host() { # NUMBER, DIRECTORY OF xenc
    local n=$1 space=xenc-$$-$1 keys=$folder/hosts
    ip netns add "$space" && spaces+=("$space") &&
        ip link add "xenc$n" type veth peer name eth0 netns "$space" &&
        ip addr add "198.18.$n.1/30" dev "xenc$n" &&
        ip link set "xenc$n" up &&
        ip -n "$space" addr add "198.18.$n.2/30" dev eth0 &&
        ip -n "$space" link set eth0 up &&
        ip -n "$space" link set lo up || return
    ssh-keygen -q -t ed25519 -N '' -f "$keys/host$n"
    cat >"$keys/sshd$n" <<END
ListenAddress 198.18.$n.2
HostKey $keys/host$n
AuthorizedKeysFile $keys/user.pub
PermitRootLogin prohibit-password
PasswordAuthentication no
StrictModes no
UsePAM no
PidFile none
SetEnv PATH=$2:$PATH XENC=$XENC XENC_MODEL=$XENC_MODEL KILLED=$folder/killed
END
    ip netns exec "$space" "$(command -v sshd)" -D -f "$keys/sshd$n" \
        -E "$keys/log$n" &
    started+=($!)
}

wait_for() { # COMMAND...
    local n
    for n in $(seq 100); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.2
    done
    echo "# gave up: $*"
    return 1
}

# A cluster of one node with two slots, which shares nothing with one that the
# machine may belong to.
have_slurm() {
    echo "$(missing_of munged slurmctld slurmd sbatch)$(root_missing)"
}

start_slurm() {
    local place=$folder/slurm host
    host=$(hostname -s)
    mkdir -p "$place/state" "$place/spool"
    dd if=/dev/urandom of="$place/key" bs=128 count=1 2>/dev/null
    chmod 0400 "$place/key"
    munged --foreground --force --key-file="$place/key" \
        --socket="$place/munge" --pid-file="$place/munge.pid" \
        --log-file="$place/munge.log" --seed-file="$place/seed" \
        >/dev/null 2>&1 &
    started+=($!)
    # A job that is queued again waits until its credential has expired.
    cat >"$place/slurm.conf" <<END
ClusterName=xenc
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=26817
SlurmdPort=26818
AuthInfo=socket=$place/munge,cred_expire=5
SlurmUser=root
StateSaveLocation=$place/state
SlurmdSpoolDir=$place/spool
SlurmctldPidFile=$place/slurmctld.pid
SlurmdPidFile=$place/slurmd.pid
SlurmctldLogFile=$place/slurmctld.log
SlurmdLogFile=$place/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES State=UP
END
    export SLURM_CONF=$place/slurm.conf
    wait_for test -S "$place/munge" || return
    slurmctld -D >/dev/null 2>&1 &
    started+=($!)
    slurmd -D >/dev/null 2>&1 &
    started+=($!)
    wait_for sh -c 'sinfo -h -o %t | grep -qx idle'
}

# PySpark in a virtual environment, kept for the next time.
have_spark() {
    local missing
    missing=$(missing_of java python3)
    if [ -z "$missing" ] && ! spark_is_there; then
        {
            python3 -m venv "$spark" &&
                "$spark/bin/pip" install -q 'pyspark>=3.5,<4'
        } >"$folder/pip.log" 2>&1
        spark_is_there || missing="PySpark cannot be installed"
    fi
    echo "$missing"
}

spark_is_there() {
    "$spark/bin/python3" -c 'import pyspark' 2>/dev/null
}

start_spark() {
    export PATH=$spark/bin:$PATH SPARK_LOCAL_IP=127.0.0.1
    export SPARK_LOCAL_DIRS=$folder/spark
}
